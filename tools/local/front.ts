import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { end, listen } from "../listen.ts";
import { callHead, readCall } from "../memory-aws/aws-http.ts";
import type { MemoryCloudFront } from "../memory-aws/memory-cloudfront.ts";

/** Unused connections to the emulator end before it would end them itself, after 75 s. */
const IDLE_MS = 30_000;

/** The only way to the emulator, which takes calls from anybody: a server on loopback that knows this run's callers. */
export interface Front {
  readonly port: number;
  close(): Promise<void>;
}

interface FrontOptions {
  /** Unix socket on which the emulator listens. */
  readonly socketPath: string;
  readonly accessKeyId: string;
  /** A proxy of this run before the front: URLs are signed with its host. @default none */
  readonly proxy?: string | undefined;
  /** Answers the calls of CloudFront and AWS WAF, most of which the emulator does not know. @default the emulator */
  readonly cloudFront?: MemoryCloudFront | undefined;
}

/**
 * Opens the front on a free port. It lets pass what `frontRefusal` has nothing against. Keys that AWS STS hands out to such
 * a caller are let pass from then on: the CDK command line works with them.
 */
export async function openFront({ socketPath, accessKeyId, proxy, cloudFront }: FrontOptions): Promise<Front> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const keys = new Set([accessKeyId]);
  const hosts = new Set(proxy === undefined ? [] : [new URL(proxy).host]);
  const server = createServer((from, to) => {
    const call = callOf(from);
    const refusal = frontRefusal(call, { hosts, keys });
    if (refusal !== undefined) return refuse(to, 403, refusal);
    if (cloudFront?.operation(callHead(from)) !== undefined) return void answer(cloudFront, from, to);
    const before = asksForKeys(call) ? (text: string) => keysIn(text).map((it) => keys.add(it)) : undefined;
    forward({ agent, socketPath, before }, from, to);
  });
  // Longer than clients keep a connection, so that none is closed under a call.
  server.keepAliveTimeout = 75_000;
  const port = Number(new URL(await listen(server)).port);
  for (const name of ["127.0.0.1", "localhost"]) hosts.add(`${name}:${port}`);
  return {
    port,
    close: async () => {
      await end(server);
      agent.destroy();
    },
  };
}

function callOf({ method = "GET", url = "", headers }: IncomingMessage): FrontCall {
  return { method, url, host: headers.host, origin: headers.origin, authorization: headers.authorization };
}

async function answer(cloudFront: MemoryCloudFront, from: IncomingMessage, to: ServerResponse): Promise<void> {
  const call = await readCall(from).catch(() => undefined);
  // The caller is gone.
  if (call === undefined) return;
  const { status = 200, headers, body } = cloudFront.reply(call);
  to.writeHead(status, headers).end(body);
}

interface Target {
  readonly agent: Agent;
  readonly socketPath: string;
  /** Is given the answer's text, and is waited for, before the caller gets it. @default the answer is passed on unread */
  readonly before: ((text: string) => unknown) | undefined;
}

function forward({ before, ...target }: Target, from: IncomingMessage, to: ServerResponse): void {
  const { connection: _connection, expect: _expect, ...headers } = from.headers;
  const asked = request({ ...target, method: from.method, path: from.url, headers }, (answer) => {
    const { connection: _its, "keep-alive": _idle, ...kept } = answer.headers;
    to.writeHead(answer.statusCode ?? 502, kept);
    if (before === undefined) return void answer.pipe(to);
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.once("end", async () => {
      const body = Buffer.concat(chunks);
      await before(body.toString("utf8"));
      to.end(body);
    });
    answer.once("error", () => to.destroy());
  });
  asked.once("error", (error) => {
    if (to.headersSent) to.destroy();
    else refuse(to, 502, `The emulator does not answer: ${error.message}`);
  });
  // The caller is gone: what it asked for need not go on.
  to.once("close", () => to.writableFinished || asked.destroy());
  from.pipe(asked);
}

/** Its shape is that of the JSON protocols of AWS. */
function refuse(to: ServerResponse, status: number, message: string): void {
  to.writeHead(status, { "content-type": "application/json", connection: "close" });
  to.end(JSON.stringify({ __type: "AccessDeniedException", message }));
}

/** What the front looks at in a call. */
export interface FrontCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
}

/** Whom the front lets pass. */
interface FrontRules {
  /** Hosts with port, as clients name this front. */
  readonly hosts: ReadonlySet<string>;
  /** Access key ids of this run. */
  readonly keys: ReadonlySet<string>;
}

/**
 * A custom resource's function puts its answer at this URL, without credentials. Its token is the secret:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html
 */
const CUSTOM_RESOURCE_ANSWER = /^\/_ministack\/cfn-response\/[\w-]{32,}$/;

/** Says why a call may not pass to the emulator. Undefined if it may. */
export function frontRefusal(call: FrontCall, rules: FrontRules): string | undefined {
  // A browser sends it with every POST that a page makes, to any host: https://fetch.spec.whatwg.org/#origin-header
  if (call.origin !== undefined) return "Web pages may not call the local emulator: the request has an Origin";
  // A page's own name may lead to this machine (DNS rebinding). The name stays in Host.
  if (call.host === undefined || !rules.hosts.has(call.host.toLowerCase()))
    return `The local emulator has no name but ${[...rules.hosts].join(" and ")}: the request's Host is ${call.host ?? "missing"}`;
  if (!call.url.startsWith("/")) return "The request's target must be a path";
  if (call.method === "PUT" && CUSTOM_RESOURCE_ANSWER.test(call.url)) return undefined;
  const key = accessKeyId(call);
  if (key !== undefined && rules.keys.has(key)) return undefined;
  return "The request is not signed with this run's access key id, which .local/endpoint.json holds";
}

/**
 * The access key id of a call signed with Signature Version 4, in its header or its query:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 */
export function accessKeyId({ url, authorization }: Pick<FrontCall, "url" | "authorization">): string | undefined {
  return credential(url, authorization)?.split("/", 1)[0];
}

/** Whether a call is one of AWS STS, which hands out further keys. */
export function asksForKeys({ url, authorization }: Pick<FrontCall, "url" | "authorization">): boolean {
  return credential(url, authorization)?.split("/")[3] === "sts";
}

/** The access key ids in an answer of AWS STS. */
export function keysIn(answer: string): string[] {
  return [...answer.matchAll(/<AccessKeyId>(\w+)<|"AccessKeyId":\s*"(\w+)"/g)].map(
    ([, xml, json]) => xml ?? json ?? "",
  );
}

/** `<access key id>/<date>/<region>/<service>/aws4_request` */
function credential(url: string, authorization: string | undefined): string | undefined {
  if (authorization !== undefined) return /^AWS4-HMAC-SHA256 .*?Credential=([^,\s]+)/.exec(authorization)?.[1];
  const query = url.indexOf("?");
  return (query < 0 ? undefined : new URLSearchParams(url.slice(query)).get("X-Amz-Credential")) ?? undefined;
}

/**
 * The header of a call to the emulator that no SDK signs. The front and the emulator look at its access key id alone, so
 * there is no signature in it.
 */
export function authorization(
  aws: { readonly env: NodeJS.ProcessEnv; readonly region: string },
  service: string,
): string {
  const credential = `${aws.env["AWS_ACCESS_KEY_ID"]}/20260101/${aws.region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
}
