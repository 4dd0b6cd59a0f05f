// Calls of AWS services and their answers, whatever the service.
import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

/** A request as it came over HTTP. */
export interface HttpCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A call without its body, as far as its head says what it is. */
export function callHead({ method = "GET", url = "/", headers }: IncomingMessage): HttpCall {
  return { method, url: new URL(url, "http://aws"), headers, body: Buffer.alloc(0) };
}

export async function readCall(from: IncomingMessage): Promise<HttpCall> {
  return { ...callHead(from), body: await buffer(from) };
}

export interface HttpReply {
  readonly status?: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an AWS service answers instead of a result; `fields` stand beside code and message. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  constructor(
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
    readonly status = 400,
  ) {
    super(message);
  }
}

const XML_SERVICES = ["s3", "cloudfront", "autoscaling"];

/** An error as each service's protocol words it. */
export function refusal(service: string, error: unknown): HttpReply {
  const { code, message, fields, status } =
    error instanceof AwsError ? error : new AwsError("UnsupportedHere", `${error}`);
  const headers = { "x-amzn-errortype": code };
  if (XML_SERVICES.includes(service)) {
    const text = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const body = `<Error><Code>${code}</Code><Message>${text}</Message></Error>`;
    const wrapped = service === "s3" ? body : `<ErrorResponse>${body}</ErrorResponse>`;
    return { status, headers: { ...headers, "content-type": "text/xml" }, body: wrapped };
  }
  return { status, headers, body: JSON.stringify({ __type: `com.amazonaws#${code}`, message, ...fields }) };
}
