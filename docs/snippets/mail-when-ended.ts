import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

/** A mail for each request that ends. The address has to confirm the subscription once. */
export class MailWhenEnded extends Construct {
  constructor(scope: Construct, id: string, address: string) {
    super(scope, id);
    const topic = new Topic(this, "Topic", { enforceSSL: true });
    topic.addSubscription(new EmailSubscription(address));
    const detail = (field: string) => EventField.fromPath(`$.detail.${field}`);
    const text = `${detail("status")}. ${detail("sentence")} Request ${detail("req_id")}, ${detail("summary_url")}`;
    new Rule(this, "Ended", {
      eventPattern: { source: ["prewarm"], detailType: ["Prewarm Request Ended"] },
      targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(text) })],
    });
  }
}
