import { Aws, CfnCondition, type CfnParameter, Fn } from "aws-cdk-lib";
import type * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as iam from "aws-cdk-lib/aws-iam";
import * as sns from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";

/** Where alarms go: a topic, and an e-mail address if one is given. Others may subscribe to the topic. */
export class AlarmTopic extends sns.Topic implements cloudwatch.IAlarmAction {
  constructor(scope: Construct, id: string, email: CfnParameter) {
    super(scope, id, { displayName: "Prewarm alarms", enforceSSL: true });
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
    const wanted = new CfnCondition(this, "HasEmail", {
      expression: Fn.conditionNot(Fn.conditionEquals(email.valueAsString, "")),
    });
    const subscription = new sns.CfnSubscription(this, "Email", {
      topicArn: this.topicArn,
      protocol: "email",
      endpoint: email.valueAsString,
    });
    subscription.cfnOptions.condition = wanted;
  }

  bind(): cloudwatch.AlarmActionConfig {
    return { alarmActionArn: this.topicArn };
  }
}
