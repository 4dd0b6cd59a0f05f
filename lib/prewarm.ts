import { CfnOutput, type CfnParameter, Stack } from "aws-cdk-lib";
import type * as ec2 from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { AgentFleet } from "./agent-fleet.ts";
import { Api } from "./api.ts";
import { Budget } from "./budget.ts";
import { CapParameters } from "./caps.ts";
import { Console } from "./console.ts";
import { Monitoring } from "./monitoring.ts";
import type { AgentNetwork } from "./network.ts";
import { Pipeline } from "./pipeline.ts";
import { settingsEnvironment } from "./settings.ts";
import { Storage } from "./storage.ts";
import { TaskQueue } from "./task-queue.ts";

export interface PrewarmProps {
  readonly envName: string;
  readonly network: AgentNetwork;
  /** Graviton types to choose from. */
  readonly instanceTypes: string[];
  /** E-mail address that alarms are sent to; empty: none. */
  readonly alarmEmail: CfnParameter;
  /** @default none */
  readonly keyPair?: ec2.IKeyPair;
  /** @default a public API */
  readonly vpce?: CfnParameter;
}

/** Everything but the network; the same in both stacks. It only connects the parts. */
export class Prewarm extends Construct {
  constructor(scope: Construct, id: string, props: PrewarmProps) {
    super(scope, id);
    const groupName = `prewarm_asg_${props.envName}`;
    const storage = new Storage(this, "Storage");
    const tasks = new TaskQueue(this, "TaskQueue");
    const caps = new CapParameters(Stack.of(this));
    const pipeline = new Pipeline(this, "Pipeline", { storage, tasks, groupName, caps });
    const settings = settingsEnvironment(Stack.of(this), props);
    for (const [name, value] of Object.entries(settings)) pipeline.api.addEnvironment(name, value);
    new AgentFleet(this, "Fleet", {
      network: props.network,
      storage,
      tasks,
      steps: pipeline.steps,
      groupName,
      instanceTypes: props.instanceTypes,
      maxInstances: caps.maxInstances,
      ...(props.keyPair === undefined ? {} : { keyPair: props.keyPair }),
    });
    const api = new Api(this, "Api", {
      handler: pipeline.api,
      console: new Console(this, "Console").handler,
      ...(props.vpce === undefined ? {} : { vpcEndpointId: props.vpce.valueAsString }),
    });
    // The end of a request is told with links. Not by the stage's URL: that comes after the functions.
    pipeline.shutdown.addEnvironment("API_URL", api.endpoint);
    new Monitoring(this, "Monitoring", { storage, tasks, pipeline, groupName, alarmEmail: props.alarmEmail });
    new Budget(this, "Budget", props.alarmEmail);
    output(scope, "prewarmapikeyoutput", api.key.keyArn, "ARN of the API key; its last part is the key's id");
    output(scope, "prewarmapiEndpoint", api.restApi.url, "Base of the API: append prewarm, summary or instances");
    output(scope, "prewarmconsole", `${api.restApi.url}console`, "The console, if the parameter of that name is on");
    if (api.maybePrivate === undefined) return;
    const { endpointUrl, isPrivate } = api.maybePrivate;
    const says = "The private API's base for callers in the VPC without private DNS";
    output(scope, "prewarmapiVpceEndpoint", endpointUrl, says).condition = isPrivate;
  }
}

function output(scope: Construct, name: string, value: string, description: string): CfnOutput {
  const made = new CfnOutput(scope, name, { value, description });
  made.overrideLogicalId(name);
  return made;
}
