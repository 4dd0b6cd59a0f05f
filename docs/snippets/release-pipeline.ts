import { Artifact, Pipeline } from "aws-cdk-lib/aws-codepipeline";
import {
  ManualApprovalAction,
  S3DeployAction,
  S3SourceAction,
  StateMachineInput,
  StepFunctionInvokeAction,
} from "aws-cdk-lib/aws-codepipeline-actions";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";

export interface ReleasePipelineProps {
  /** Where a build leaves `site.zip`. It has versions. */
  readonly builds: IBucket;
  /** The distribution's origin. */
  readonly site: IBucket;
  /** That of WarmAndWait. */
  readonly warmAndWait: IStateMachine;
  /** Body of POST /prewarm. */
  readonly body: object;
}

/** A release: the files are copied, then warmed. What comes after the warming starts only if the verdict is `ready` or `not_verified`. */
export class ReleasePipeline extends Construct {
  constructor(scope: Construct, id: string, { builds, site, warmAndWait, body }: ReleasePipelineProps) {
    super(scope, id);
    const files = new Artifact();
    const build = new S3SourceAction({ actionName: "Build", bucket: builds, bucketKey: "site.zip", output: files });
    const copy = new S3DeployAction({ actionName: "Copy", bucket: site, input: files });
    const warm = new StepFunctionInvokeAction({
      actionName: "Warm",
      stateMachine: warmAndWait,
      stateMachineInput: StateMachineInput.literal(body),
    });
    // Your step in its place: the change of the DNS, of a weight, of a flag.
    const open = new ManualApprovalAction({ actionName: "Open" });
    new Pipeline(this, "Release", {
      stages: [
        { stageName: "Build", actions: [build] },
        { stageName: "Copy", actions: [copy] },
        { stageName: "Warm", actions: [warm] },
        { stageName: "Open", actions: [open] },
      ],
    });
  }
}
