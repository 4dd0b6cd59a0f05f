import { Construct } from "constructs";
import { AgentFleet } from "./agent-fleet.ts";
import { Api, consoleFunction } from "./api.ts";
import { Monitoring } from "./monitoring.ts";
import type { AgentNetwork } from "./network.ts";
import type { Parameters } from "./parameters.ts";
import { Pipeline } from "./pipeline.ts";
import { Queues } from "./queues.ts";
import { Storage } from "./storage.ts";
import { Tracing } from "./tracing.ts";

interface PrewarmProps {
  readonly parameters: Parameters;
  readonly network: AgentNetwork;
  /** Name of the key pair to log in to the instances with. @default none: there is Session Manager */
  readonly keyName?: string;
  /** Interface endpoint that the private API is reached through; empty: a public API. @default a public API */
  readonly vpcEndpointId?: string;
}

/** Everything but the network; the same in both stacks. It only connects the parts. */
export class Prewarm extends Construct {
  constructor(scope: Construct, id: string, { parameters, network, keyName, vpcEndpointId }: PrewarmProps) {
    super(scope, id);
    const groupName = `prewarm_asg_${parameters.envName.valueAsString}`;
    const storage = new Storage(this, "Storage", parameters);
    const queues = new Queues(this, "TaskQueue");
    const parts = { parameters, storage, queues, groupName };
    const pipeline = new Pipeline(this, "Pipeline", parts);
    // GET /settings returns whether the API is private.
    pipeline.api.addEnvironment("VPC_ENDPOINT", vpcEndpointId ?? "");
    new AgentFleet(this, "Fleet", { ...parts, network, keyName });
    const api = new Api(this, "Api", {
      parameters,
      handler: pipeline.api,
      console: consoleFunction(new Construct(this, "Console"), parameters),
      vpcEndpointId,
    });
    pipeline.api.addEnvironment("READ_KEY_ID", api.readKeyId);
    // The event at the end of a request contains links. They cannot use the stage's URL, which exists after the functions.
    pipeline.shutdown.addEnvironment("API_URL", api.endpoint);
    new Monitoring(this, "Monitoring", { ...parts, pipeline });
    new Tracing(this, "Tracing", parameters.tracing);
  }
}
