// What AWS's services answer, as their API references print it, read by the SDK's own clients.
import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { AccountReader } from "../../../tools/doctor/readers/account.ts";
import { Ec2Reader } from "../../../tools/doctor/readers/ec2.ts";
import { PartsReader } from "../../../tools/doctor/readers/parts.ts";
import { whyNot } from "../../../tools/doctor/why-not.ts";
import { json, type Recorded, recorded, xml } from "./recorded.ts";

// A client that a test does not need must not be asked.
const nobody = recorded().settings;
const account = (over: { quotas?: Recorded[]; iam?: Recorded; ssm?: Recorded; lambda?: Recorded }) =>
  new AccountReader({
    quotas: new ServiceQuotasClient(over.quotas === undefined ? nobody : recorded(...over.quotas).settings),
    iam: new IAMClient(over.iam === undefined ? nobody : recorded(over.iam).settings),
    ssm: new SSMClient(over.ssm === undefined ? nobody : recorded(over.ssm).settings),
    lambda: new LambdaClient(over.lambda === undefined ? nobody : recorded(over.lambda).settings),
  });

const OFFERINGS = (items: string, token = "") =>
  xml(`<DescribeInstanceTypeOfferingsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>
<instanceTypeOfferingSet>${items}</instanceTypeOfferingSet>${token}</DescribeInstanceTypeOfferingsResponse>`);
const item = (type: string, zone: string) =>
  `<item><instanceType>${type}</instanceType><location>${zone}</location><locationType>availability-zone</locationType></item>`;

test("offerings are read to their last page", async () => {
  const { settings } = recorded(
    OFFERINGS(item("c7gn.large", "eu-west-1a"), "<nextToken>t</nextToken>"),
    OFFERINGS(item("c7gn.large", "eu-west-1b")),
  );
  expect(await new Ec2Reader(new EC2Client(settings)).offerings(["c7gn.large"])).toEqual([
    { zone: "eu-west-1a", type: "c7gn.large" },
    { zone: "eu-west-1b", type: "c7gn.large" },
  ]);
});

test("a quota that nobody has changed is AWS's default", async () => {
  const none = json({ __type: "NoSuchResourceException", Message: "The request failed because …" }, 400);
  const byDefault = json({ Quota: { ServiceCode: "vpc", QuotaCode: "L-F678F1CE", Value: 5.0 } });
  expect(await account({ quotas: [none, byDefault] }).quota("vpc", "L-F678F1CE")).toBe(5);
  expect(await account({ quotas: [json({ Quota: { Value: 64.0 } })] }).quota("ec2", "L-34B43A08")).toBe(64);
});

test("a role or a parameter that is not there is no error", async () => {
  const noRole = xml(
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>
<Message>The role with name AWSServiceRoleForEC2Spot cannot be found.</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    404,
  );
  expect(await account({ iam: noRole }).hasRole("AWSServiceRoleForEC2Spot")).toBe(false);
  const noParameter = json({ __type: "ParameterNotFound" }, 400);
  expect(await account({ ssm: noParameter }).parameter("/cdk-bootstrap/hnb659fds/version")).toBeUndefined();
});

test("subscriptions by mail alone, without their addresses", async () => {
  const member = (protocol: string, arn: string) =>
    `<member><TopicArn>arn:aws:sns:eu-west-1:111122223333:t</TopicArn><Protocol>${protocol}</Protocol>
<SubscriptionArn>${arn}</SubscriptionArn><Owner>111122223333</Owner><Endpoint>somebody@example.com</Endpoint></member>`;
  const body = `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult>
<Subscriptions>${member("email", "PendingConfirmation")}${member("sqs", "arn:aws:sns:eu-west-1:111122223333:t:1")}</Subscriptions>
</ListSubscriptionsByTopicResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></ListSubscriptionsByTopicResponse>`;
  const clients = { sns: new SNSClient(recorded(xml(body)).settings) };
  const reader = new PartsReader({ ...unasked(), ...clients });
  expect(await reader.mailSubscriptions("arn:aws:sns:eu-west-1:111122223333:t")).toEqual(["PendingConfirmation"]);
});

function unasked(): ConstructorParameters<typeof PartsReader>[0] {
  const refuse = () => {
    throw new Error("not asked for");
  };
  return new Proxy({} as ConstructorParameters<typeof PartsReader>[0], { get: refuse, ownKeys: () => [] });
}

describe("an answer that tells nothing is no answer", () => {
  const said = async (asked: Promise<unknown>) => whyNot(await asked.catch((error: unknown) => error));

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "EC2 without permission",
      () =>
        new Ec2Reader(
          new EC2Client(
            recorded(
              xml(
                `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/x</Message></Error></Errors><RequestID>1</RequestID></Response>`,
                403,
              ),
            ).settings,
          ),
        ).vpcCount(),
      "no permission: You are not authorized to perform this operation. User: arn:aws:iam::<account>:user/x",
    ],
    [
      "an operation that EC2 does not know",
      () =>
        new Ec2Reader(
          new EC2Client(
            recorded(
              xml(
                `<Response><Errors><Error><Code>InvalidAction</Code><Message>Unknown EC2 action: GetEbsDefaultKmsKeyId</Message></Error></Errors><RequestID>1</RequestID></Response>`,
                400,
              ),
            ).settings,
          ),
        ).defaultEbsKey(),
      "what answers here does not know the call: Unknown EC2 action: GetEbsDefaultKmsKeyId",
    ],
    [
      "a service that is not there",
      () => account({ quotas: [{ status: 400, body: "{}" }] }).quota("ec2", "L-34B43A08"),
      "what answers here does not know the call: UnknownError",
    ],
    [
      "an operation that a JSON service does not know",
      () =>
        account({ quotas: [json({ __type: "UnknownOperationException", message: "No such operation" }, 400)] }).quota(
          "ec2",
          "L-34B43A08",
        ),
      "what answers here does not know the call: No such operation",
    ],
    [
      "a good answer with nothing in it",
      () => account({ lambda: json({}) }).concurrency(),
      "what answers here does not know the call: the answer has no AccountLimit.ConcurrentExecutions",
    ],
    [
      "credentials that have expired",
      () => account({ lambda: json({ __type: "ExpiredTokenException", message: "…" }, 403) }).concurrency(),
      "no valid credentials (ExpiredTokenException)",
    ],
  ])("%s", async (_, ask, says) => {
    expect(await said(ask())).toMatchObject({ status: "cannot-tell", says });
  });
});
