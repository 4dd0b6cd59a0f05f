import type { EC2Client } from "@aws-sdk/client-ec2";
import { SignatureV4 } from "@smithy/signature-v4";
import * as z from "zod";

/** Asks for the plan of the account: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_freetier_GetAccountPlanState.html */
export class GetAccountPlanStateCommand {
  readonly input = {};
}

/** The only endpoint: https://docs.aws.amazon.com/cli/latest/reference/freetier/index.html */
const HOST = "freetier.us-east-1.api.aws";
const TIMEOUT_MS = 10_000;

const planSchema = z.object({ accountPlanType: z.string().optional() });
/** https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization */
const errorSchema = z.object({ __type: z.string().default("UnknownError"), message: z.string().optional() });

/** An error of the Free Tier API, named as the SDK's errors are. */
class FreeTierError extends Error {
  constructor(
    override readonly name: string,
    message = name,
  ) {
    super(message);
  }
}

/** The client of the Free Tier API, with the form of an SDK client and the credentials of another. One call needs no package. */
export class FreeTierClient {
  constructor(private readonly config: EC2Client["config"]) {}

  async send(_: GetAccountPlanStateCommand): Promise<z.infer<typeof planSchema>> {
    const { credentials, sha256, isCustomEndpoint } = this.config;
    if (isCustomEndpoint === true) throw new FreeTierError("UnknownOperationException", "an emulator has no such API");
    const signer = new SignatureV4({ service: "freetier", region: "us-east-1", credentials, sha256 });
    const { headers, body } = await signer.sign({
      method: "POST",
      protocol: "https:",
      hostname: HOST,
      path: "/",
      headers: {
        host: HOST,
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AWSFreeTierService.GetAccountPlanState",
      },
      body: "{}",
    });
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`https://${HOST}/`, { method: "POST", headers, body, signal }).catch(
      (error: unknown) => {
        // The code of the socket's error is in the cause.
        throw error instanceof TypeError ? (error.cause ?? error) : error;
      },
    );
    const answer: unknown = await response.json();
    if (response.ok) return planSchema.parse(answer);
    const { __type, message } = errorSchema.parse(answer);
    throw new FreeTierError(__type.split("#").at(-1) ?? __type, message);
  }
}
