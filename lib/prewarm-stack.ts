import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { alarmEmailParameter } from "./alarm-email.ts";
import { prefixedSynthesizer } from "./code-prefix.ts";
import { envNameParameter } from "./env-name.ts";
import { instanceTypesParameter } from "./instance-types.ts";
import { Network } from "./network.ts";
import { Prewarm } from "./prewarm.ts";

export interface PrewarmStackProps extends StackProps {
  /** Default of the parameter of that name. @default prod */
  readonly envName?: string;
}

/** Prewarm in a VPC of its own. */
export class PrewarmStack extends Stack {
  constructor(scope: Construct, id: string, { envName: defaultEnvName, ...props }: PrewarmStackProps = {}) {
    super(scope, id, {
      description: "Prewarm: warms CloudFront edge locations (new VPC)",
      synthesizer: prefixedSynthesizer(),
      ...props,
    });
    const envName = envNameParameter(this, defaultEnvName);
    const alarmEmail = alarmEmailParameter(this);
    const instanceTypes = instanceTypesParameter(this);
    new Prewarm(this, "Prewarm", { envName, alarmEmail, instanceTypes, network: new Network(this, "Network") });
  }
}
