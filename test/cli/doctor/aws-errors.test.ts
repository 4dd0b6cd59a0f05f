// Why a check cannot tell, from errors as AWS's services send them and as the SDK's own clients read them.
import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { AccountReader } from "../../../cli/doctor/account/read-account.ts";
import { unanswered } from "../../../cli/doctor/check/aws-errors.ts";
import { FreeTierClient, GetAccountPlanStateCommand } from "../../../cli/doctor/check/free-tier.ts";
import { awsClients } from "../../../cli/doctor/check/place.ts";
import { awsError } from "../../aws/client.ts";
import { json, type Recorded, recorded, xml } from "./stubbed-clients.ts";

/** An account whose services answer over HTTP, all the same. */
const account = (...answers: readonly Recorded[]) => {
  const settings = recorded(...answers);
  const ec2 = new EC2Client(settings);
  return new AccountReader({
    ec2,
    freeTier: new FreeTierClient(ec2.config),
    quotas: new ServiceQuotasClient(settings),
    iam: new IAMClient(settings),
    lambda: new LambdaClient(settings),
  });
};
const ec2Error = (code: string, message: string, status: number) =>
  xml(`<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`, status);

test("offerings are read to their last page", async () => {
  const page = (zone: string, token = "") =>
    xml(`<DescribeInstanceTypeOfferingsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instanceTypeOfferingSet>
<item><instanceType>c7gn.large</instanceType><location>${zone}</location></item></instanceTypeOfferingSet>${token}</DescribeInstanceTypeOfferingsResponse>`);
  const pages = account(page("eu-west-1a", "<nextToken>t</nextToken>"), page("eu-west-1b"));
  expect(await pages.offerings(["c7gn.large"])).toEqual([
    { zone: "eu-west-1a", type: "c7gn.large" },
    { zone: "eu-west-1b", type: "c7gn.large" },
  ]);
});

test("what is not there is no error, as each service says it", async () => {
  const noQuota = json({ __type: "NoSuchResourceException", Message: "The request failed because …" }, 400);
  const byDefault = json({ Quota: { ServiceCode: "vpc", QuotaCode: "L-F678F1CE", Value: 5.0 } });
  expect(await account(noQuota, byDefault).quota("vpc", "L-F678F1CE")).toBe(5);
  const noRole = xml(
    `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>`,
    404,
  );
  expect(await account(noRole).hasRole("AWSServiceRoleForEC2Spot")).toBe(false);
});

describe("the plan of an account", () => {
  /** Answers the next call of the Free Tier API. @returns what was asked */
  const answering = (answer: () => Promise<Response>) => {
    const asked = vi.fn((..._: Parameters<typeof fetch>) => answer());
    vi.stubGlobal("fetch", asked);
    return asked;
  };
  const refusing = (__type: string) => async () => Response.json({ __type, message: "no" }, { status: 400 });

  test("is asked for with a signature", async () => {
    const asked = answering(async () => Response.json({ accountId: "111122223333", accountPlanType: "FREE" }));
    expect(await account().plan()).toBe("FREE");
    expect(asked).toHaveBeenCalledOnce();
    expect(asked.mock.calls[0]).toMatchObject([
      "https://freetier.us-east-1.api.aws/",
      {
        method: "POST",
        body: "{}",
        headers: {
          "x-amz-target": "AWSFreeTierService.GetAccountPlanState",
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/freetier\/aws4_request/,
          ),
        },
      },
    ]);
  });

  test("is none where there are no plans: in an old account, and in another partition, which is not asked", async () => {
    const asked = answering(refusing("com.amazonaws.freetier#ResourceNotFoundException"));
    expect(await account().plan()).toBeUndefined();
    for (const region of ["cn-north-1", "us-gov-west-1"])
      expect(await new AccountReader(awsClients({ region })).plan()).toBeUndefined();
    expect(asked).toHaveBeenCalledOnce();
  });

  test.each([
    ["without permission", refusing("AccessDeniedException"), /^no permission/],
    [
      "without a network",
      () => Promise.reject(new TypeError("fetch failed", { cause: awsError("Error", { code: "ENOTFOUND" }) })),
      /^no connection/,
    ],
  ])("cannot be told %s", async (_, answer, says) => {
    answering(answer);
    const error = await account()
      .plan()
      .catch((thrown: unknown) => thrown);
    expect(unanswered(error)).toMatchObject({ says: expect.stringMatching(says) });
  });

  test("is not asked of an emulator, nor of AWS in its place", async () => {
    const asked = answering(refusing("AccessDeniedException"));
    const { config } = new EC2Client({ ...recorded(), endpoint: "http://127.0.0.1:1" });
    await expect(new FreeTierClient(config).send(new GetAccountPlanStateCommand())).rejects.toThrow("emulator");
    expect(asked).not.toHaveBeenCalled();
  });
});

const UNKNOWN = "the endpoint does not support this call";

test.each<[string, () => Promise<unknown>, string]>([
  [
    "EC2 without permission",
    () =>
      account(ec2Error("UnauthorizedOperation", "You: arn:aws:iam::111122223333:user/x", 403)).securityGroup("sg-1"),
    "no permission: You: arn:aws:iam::<account>:user/x",
  ],
  [
    "an operation that EC2 does not know",
    () => account(ec2Error("InvalidAction", "Unknown EC2 action", 400)).defaultEbsKey(),
    `${UNKNOWN}: Unknown EC2 action`,
  ],
  [
    "a service that is not there",
    () => account({ status: 400, body: "{}" }).quota("ec2", "x"),
    `${UNKNOWN}: UnknownError`,
  ],
  [
    "an operation that a JSON service does not know",
    () => account(json({ __type: "UnknownOperationException", message: "No such operation" }, 400)).quota("ec2", "x"),
    `${UNKNOWN}: No such operation`,
  ],
  [
    "a good answer with nothing in it",
    () => account(json({})).concurrency(),
    `${UNKNOWN}: the response has no AccountLimit.ConcurrentExecutions`,
  ],
  [
    "credentials that have expired",
    () => account(json({ __type: "ExpiredTokenException", message: "…" }, 403)).concurrency(),
    "no valid credentials (ExpiredTokenException)",
  ],
])("%s", async (_, asked, says) => {
  expect(unanswered(await asked().catch((error: unknown) => error))).toMatchObject({ status: "cannot-tell", says });
});

test.each([
  [awsError("AccessDeniedException"), /^no permission/],
  [awsError("Odd", { $metadata: { httpStatusCode: 403 } }), /^no permission/],
  [awsError("NotImplemented"), /does not support this call/],
  [awsError("CredentialsProviderError"), /^no valid credentials/],
  [awsError("TimeoutError"), /^no connection/],
  [awsError("Error", { code: "ENOTFOUND" }), /^no connection/],
  [awsError("SomethingNew"), /^SomethingNew: /],
  ["no error at all", /no error at all/],
])("a check that ends in %s cannot tell", (error, says) => {
  expect(unanswered(error)).toMatchObject({ says: expect.stringMatching(says), next: expect.any(String) });
});
