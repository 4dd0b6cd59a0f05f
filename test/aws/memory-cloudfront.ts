import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { AwsError, refusal } from "../../tools/memory-aws/aws-http.ts";
import { accountOf, type DistributionKind } from "../../tools/memory-aws/distribution-kinds.ts";
import { MemoryCloudFront, type MemoryCloudFrontOptions } from "../../tools/memory-aws/memory-cloudfront.ts";

export const BASIS = { id: "E1", domain: "d111111abcdef8.cloudfront.net", aliases: ["www.example.com"] };

/** A request as the SDK hands it to what sends it. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/**
 * The SDK's clients of an account in memory, with their whole serialization and without a socket.
 *
 * @param account a kind of distribution, or all that the account has
 * @param answerOf throws an AwsError in place of the answer to an operation
 */
export function memoryCloudFront(
  account: DistributionKind | Partial<MemoryCloudFrontOptions>,
  answerOf: (operation: string) => void = () => undefined,
) {
  const invalidated: { readonly host: string; readonly items: readonly string[] }[] = [];
  const calls: string[] = [];
  const memory = new MemoryCloudFront({
    distributions: [],
    invalidate: (host, items) => void invalidated.push({ host, items }),
    ...(typeof account === "string" ? accountOf(account, BASIS) : account),
  });
  const handle = async ({ method, path, query, headers, body = "" }: SdkRequest) => {
    const url = new URL(path, "http://aws");
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value ?? ""));
    const call = { method, url, headers, body: await buffer(Readable.from([body])) };
    const { service = "", operation = "" } = memory.operation(call) ?? {};
    calls.push(operation);
    const reply = () => {
      try {
        answerOf(operation);
        return memory.call(call);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return refusal(service, error);
      }
    };
    const { status: statusCode = 200, headers: named = {}, body: answer = "" } = reply();
    return { response: { statusCode, headers: named, body: Readable.from([Buffer.from(answer)]) } };
  };
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const config = { region: "us-east-1", credentials, requestHandler: { handle }, maxAttempts: 1 };
  return { cloudFront: new CloudFrontClient(config), waf: new WAFV2Client(config), invalidated, calls };
}
