import { SecretValue } from "aws-cdk-lib";
import {
  ApiDestination,
  Authorization,
  Connection,
  EventField,
  Match,
  Rule,
  RuleTargetInput,
} from "aws-cdk-lib/aws-events";
import { ApiDestination as ToApiDestination } from "aws-cdk-lib/aws-events-targets";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/**
 * A message in a chat for each request after which the crowd should not come yet.
 * @param webhook address that takes `{"text": "…"}`, as incoming webhooks of Slack and Mattermost do
 */
export class ChatWhenNotReady extends Construct {
  constructor(scope: Construct, id: string, webhook: string) {
    super(scope, id);
    // A connection must send something. Such a webhook's secret is its address, so the header says nothing.
    const authorization = Authorization.apiKey("x-sent-by", SecretValue.unsafePlainText("prewarm"));
    const destination = new ApiDestination(this, "Webhook", {
      connection: new Connection(this, "Connection", { authorization }),
      endpoint: webhook,
      rateLimitPerSecond: 1,
    });
    const detail = (field: string) => EventField.fromPath(`$.detail.${field}`);
    const event = RuleTargetInput.fromObject({ text: `${detail("sentence")} ${detail("summary_url")}` });
    // What the webhook has refused for a day waits here.
    const deadLetterQueue = new Queue(this, "Refused", { enforceSSL: true });
    new Rule(this, "Ended", {
      eventPattern: {
        source: ["prewarm"],
        detailType: ["Prewarm Request Ended"],
        // `not_verified` (nothing is to be verified, or the server shows nothing; tasks can have failed) is left out. An event without a verdict is not expected.
        detail: { verdict: Match.anyOf(Match.doesNotExist(), Match.anythingBut("ready", "not_verified")) },
      },
      targets: [new ToApiDestination(destination, { event, deadLetterQueue })],
    });
  }
}
