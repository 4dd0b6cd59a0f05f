/** Something of the templates that moto cannot do, and that is therefore not tried here. */
export interface Gap {
  /** As in the template that moto gets. */
  readonly type: string;
  /**
   * `resource`: moto passes over it, and nothing stands.
   * `id`: it stands, and CloudFormation's list has no physical id for it.
   * `deletion`: it outlives its stack.
   */
  readonly lacks: "resource" | "id" | "deletion";
  readonly why: string;
}

const gap = (lacks: Gap["lacks"], why: string, ...types: readonly string[]): readonly Gap[] =>
  types.map((type) => ({ type, lacks, why }));

/** What moto 5.2.5 cannot do. An entry that is not needed any more fails `npm run test:templates`. */
export const GAPS: readonly Gap[] = [
  ...gap(
    "resource",
    "moto's CloudFormation does not know the type",
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::Budgets::Budget",
    "AWS::CloudWatch::Alarm",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::ScheduleGroup",
  ),
  ...gap(
    "resource",
    "moto runs functions in Docker alone, and would wait for this one's answer for ever",
    "AWS::CloudFormation::CustomResource",
  ),
  ...gap(
    "id",
    "moto makes it and gives it no physical id",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::Method",
    "AWS::Lambda::Permission",
  ),
  ...gap("deletion", "moto deletes no route table with its stack, and no VPC that has one", "AWS::EC2::RouteTable"),
];
