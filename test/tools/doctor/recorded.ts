import { Readable } from "node:stream";

export interface Recorded {
  /** @default 200 */
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Settings of an SDK client that gets these answers, one after the other, in place of AWS's; and what it asked. */
export function recorded(...answers: readonly Recorded[]) {
  const asked: string[] = [];
  const handle = async (request: { readonly body?: unknown; readonly path: string }) => {
    const n = asked.push(request.path) - 1;
    const answer = answers[n];
    if (answer === undefined) throw new Error(`nobody recorded an answer to ${asked[n]}`);
    const { status = 200, type = "application/x-amz-json-1.1", body, headers = {} } = answer;
    const response = { statusCode: status, headers: { "content-type": type, ...headers }, body: Readable.from([body]) };
    return { response };
  };
  const settings = {
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
    requestHandler: { handle, metadata: { handlerProtocol: "http/1.1" } },
  };
  return { settings, asked };
}

export const xml = (body: string, status = 200): Recorded => ({ status, type: "text/xml", body });
export const json = (body: object, status = 200): Recorded => ({ status, body: JSON.stringify(body) });
