import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher, request } from "undici";
import { end, listen } from "../../listen.ts";

/** One call of the AWS APIs. */
export interface AwsCall {
  /** Who made it: as `listen` was told. */
  readonly caller: string;
  /** As in a signature's scope: `dynamodb`, `sqs`, `s3`, `autoscaling`, `scheduler`, `cloudfront`. */
  readonly service: string;
  /** The API's name of the operation; for REST services, the HTTP method. */
  readonly operation: string;
  /** The call's body; empty where it is no JSON. */
  readonly input: unknown;
}

/**
 * What may happen to a call. `fail`: it is answered with a 500 and never arrives. `drop`: it never arrives and has no answer. `delay`:
 * it arrives late. `lose-answer`: it is carried out, and the connection breaks before the answer. `refuse-after`: it is carried out, and
 * answered with an error that no client tries again. `send-again`: a call with this body follows it.
 */
export type CallFault =
  | { readonly kind: "fail" | "drop" | "lose-answer" | "refuse-after" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "send-again"; readonly body: unknown };

/** Sees each call before it is carried out, and after it. */
export interface Interceptor {
  readonly before?: (call: AwsCall) => CallFault | undefined;
  /** @returns whether the answer is lost */
  readonly after?: (call: AwsCall, output: unknown) => boolean;
}

/** Stands between the stack and the AWS APIs. */
export class AwsProxy {
  /** URL that calls are forwarded to. */
  target = "";
  /** All of them see each call. */
  readonly interceptors = new Set<Interceptor>();
  private readonly servers: Server[] = [];
  private readonly client = new Agent({ connections: 256, headersTimeout: 120_000, bodyTimeout: 120_000 });

  /** @returns URL of the AWS APIs for one caller */
  async listen(caller: string): Promise<string> {
    const server = createServer((from, to) => {
      this.handle(caller, from, to).catch(() => to.destroy());
    });
    server.keepAliveTimeout = 65_000;
    this.servers.push(server);
    return listen(server);
  }

  async close(): Promise<void> {
    await Promise.all([...this.servers.map(end), this.client.destroy()]);
  }

  private async handle(caller: string, from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await buffer(from);
    const call = readAwsCall(caller, from, body);
    const interceptors = [...this.interceptors];
    const faults = interceptors.flatMap((it) => it.before?.(call) ?? []);
    const has = (kind: CallFault["kind"]) => faults.some((it) => it.kind === kind);
    if (has("drop")) return void to.destroy();
    if (has("fail")) return refuse(to, 500, "InternalServerError", "injected: the service is at fault");
    for (const fault of faults) if (fault.kind === "delay") await sleep(fault.ms);
    const answer = await this.forward(from, body);
    for (const fault of faults)
      if (fault.kind === "send-again") await this.forward(from, Buffer.from(JSON.stringify(fault.body)));
    const isLost = interceptors.map((it) => it.after?.(call, parsed(answer.bytes)) ?? false);
    if (has("lose-answer") || isLost.includes(true)) return void to.destroy();
    if (has("refuse-after")) return refuse(to, 400, "ValidationException", "injected: carried out, then refused");
    to.writeHead(answer.statusCode, answer.headers);
    to.end(answer.bytes);
  }

  private async forward({ method, url = "/", headers }: IncomingMessage, body: Buffer) {
    // The emulator answers to its own name only, and for a presigned URL to the name that was signed.
    const host = url.includes("X-Amz-SignedHeaders=") ? headers.host : new URL(this.target).host;
    const answer = await request(this.target + url, {
      dispatcher: this.client,
      method: method as Dispatcher.HttpMethod,
      headers: passedOn({ ...headers, host }),
      body: body.length > 0 ? body : null,
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return { statusCode: answer.statusCode, headers: passedOn(answer.headers), bytes };
  }
}

/** Reads service and operation of a request, in any of AWS's protocols. */
function readAwsCall(caller: string, { method = "GET", headers }: IncomingMessage, body: Buffer): AwsCall {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "");
  const target = headers["x-amz-target"];
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const action = isForm ? new URLSearchParams(body.toString("utf8")).get("Action") : null;
  const operation = typeof target === "string" ? target.slice(target.lastIndexOf(".") + 1) : (action ?? method);
  return { caller, service: scope?.[1] ?? "unknown", operation, input: parsed(body) };
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1, and what the body that is handed on has anew. */
const OF_ONE_CONNECTION = ["connection", "transfer-encoding", "content-length", "keep-alive", "expect"];

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.includes(name)));
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return {};
  }
}

function refuse(to: ServerResponse, status: number, type: string, message: string): void {
  to.writeHead(status, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": type });
  to.end(JSON.stringify({ __type: type, message, Message: message }));
}
