import { Duration, RemovalPolicy, SecretValue } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Authorization, Connection, Rule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import { CallAwsService, HttpInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Construct } from "constructs";

export interface WarmAndWaitProps {
  /** The API's address, the output `prewarmapiEndpoint`, without the slash at its end: `https://….amazonaws.com/prod`. */
  readonly api: string;
  /** Name of the secret in Secrets Manager that has the API key as plain text. */
  readonly keySecret: string;
  /** Longer than the `timeout` of any request. */
  readonly patience: Duration;
}

/**
 * A state machine whose input is the body of POST /prewarm. It starts the request and waits for the event of its end. It
 * succeeds if the verdict is `ready` or `not_verified`, and fails with the sentence that says why not. In a `not_verified`
 * request, tasks can have failed: take it out of `ready` if that must stop a release.
 */
export class WarmAndWait extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { api, keySecret, patience }: WarmAndWaitProps) {
    super(scope, id);
    const key = Authorization.apiKey("x-api-key", SecretValue.secretsManager(keySecret));
    // Which execution waits for which request.
    const waiting = new Table(this, "Waiting", {
      partitionKey: { name: "req_id", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "expires",
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const start = HttpInvoke.jsonata(this, "Start", {
      apiRoot: api,
      apiEndpoint: sfn.TaskInput.fromText("prewarm"),
      method: sfn.TaskInput.fromText("POST"),
      connection: new Connection(this, "Key", { authorization: key }),
      // With the token, a call that is tried again starts nothing twice.
      body: sfn.TaskInput.fromText(
        "{% $merge([{'client_token': $hash($states.context.Execution.Id, 'SHA-256')}, $states.input]) %}",
      ),
      assign: { req_id: "{% $states.result.ResponseBody.request_id %}" },
    }).addRetry({
      errors: ["States.Http.Socket", ...[409, 429, 500, 502, 503, 504].map((it) => `States.Http.StatusCode.${it}`)],
    });
    const wait = CallAwsService.jsonata(this, "Wait for its end", {
      integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      service: "dynamodb",
      action: "putItem",
      iamResources: [waiting.tableArn],
      parameters: {
        TableName: waiting.tableName,
        Item: {
          req_id: { S: "{% $req_id %}" },
          token: { S: "{% $states.context.Task.Token %}" },
          expires: { N: `{% $string($floor($millis() / 1000) + ${patience.toSeconds()}) %}` },
        },
      },
      taskTimeout: sfn.Timeout.duration(patience),
    });
    const notReady = sfn.Fail.jsonata(this, "Not ready", { error: "NotReady", cause: "{% $states.input.sentence %}" });
    const ready = sfn.Condition.jsonata("{% $states.input.verdict in ['ready', 'not_verified'] %}");
    const judge = sfn.Choice.jsonata(this, "Judge").when(ready, sfn.Succeed.jsonata(this, "Ready")).otherwise(notReady);
    this.stateMachine = new sfn.StateMachine(this, "WarmAndWait", {
      definitionBody: sfn.DefinitionBody.fromChainable(start.next(wait).next(judge)),
    });

    new Rule(this, "Ended", {
      eventPattern: { source: ["prewarm"], detailType: ["Prewarm Request Ended"] },
      targets: [new SfnStateMachine(this.teller(waiting))],
    });
  }

  /** Tells the execution that waits for a request of its end. */
  private teller(waiting: Table): sfn.StateMachine {
    // A request may end in the moment after its start, before anybody waits for it.
    const pause = sfn.Wait.jsonata(this, "Pause", { time: sfn.WaitTime.duration(Duration.seconds(10)) });
    const find = CallAwsService.jsonata(this, "Who waits?", {
      service: "dynamodb",
      action: "getItem",
      iamResources: [waiting.tableArn],
      parameters: {
        TableName: waiting.tableName,
        ConsistentRead: true,
        Key: { req_id: { S: "{% $states.input.detail.req_id %}" } },
      },
      outputs: "{% {'token': $states.result.Item.token.S, 'detail': $states.input.detail} %}",
    });
    const tell = CallAwsService.jsonata(this, "Tell", {
      service: "sfn",
      action: "sendTaskSuccess",
      iamResources: [this.stateMachine.stateMachineArn],
      parameters: { TaskToken: "{% $states.input.token %}", Output: "{% $string($states.input.detail) %}" },
    });
    const somebody = sfn.Condition.jsonata("{% $exists($states.input.token) %}");
    const choice = sfn.Choice.jsonata(this, "Somebody?")
      .when(somebody, tell)
      .otherwise(sfn.Succeed.jsonata(this, "Nobody"));
    return new sfn.StateMachine(this, "Teller", {
      definitionBody: sfn.DefinitionBody.fromChainable(pause.next(find).next(choice)),
    });
  }
}
