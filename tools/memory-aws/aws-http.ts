// Calls of AWS services and their answers, whatever the service.

/** A request as it came over HTTP. */
export interface HttpCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
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
