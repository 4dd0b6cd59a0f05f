import { Agent, request } from "node:http";
import { strToU8, zipSync } from "fflate";
import type { CheckRow } from "../engine/scenario.ts";

/** A request as a web page, or a page whose own name leads to this machine, can make one. */
interface PageCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const FUNCTION = "made-by-a-page";
/** What the function answers: where it stands in an answer, the page's code has run. */
const RAN = "a page's code ran here";
const FUNCTIONS = "/2015-03-31/functions";
const CODE = zipSync({ "index.js": strToU8(`exports.handler = async () => ${JSON.stringify(RAN)};`) });
const MAKE = JSON.stringify({
  FunctionName: FUNCTION,
  Runtime: "nodejs24.x",
  Handler: "index.handler",
  Role: "arn:aws:iam::000000000000:role/page",
  Code: { ZipFile: Buffer.from(CODE).toString("base64") },
});

/** The calls that a page would like to make: the first two make a function and run it. */
export const WISHES: readonly Omit<PageCall, "headers">[] = [
  { method: "POST", path: FUNCTIONS, body: MAKE },
  { method: "POST", path: `${FUNCTIONS}/${FUNCTION}/invocations`, body: "{}" },
  { method: "POST", path: "/_ministack/config", body: "{}" },
  { method: "POST", path: "/", body: "Action=ListQueues&Version=2012-11-05" },
  { method: "POST", path: "/_ministack/reset", body: "" },
  ...["/_ministack/health", FUNCTIONS, `${FUNCTIONS}/${FUNCTION}`, "/"].map((path) => ({
    method: "GET",
    path,
    body: "",
  })),
];

/** Types that a page may send without a preflight: https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const SIMPLE_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];

/** Origins of pages: elsewhere, a file, an extension, another program on this machine, and the target itself. */
const origins = (target: URL): string[] => [
  ...["https://evil.example", "http://evil.example:8080", "null", "", "file://", "chrome-extension://abcdefghijklmnop"],
  ...["http://localhost", "http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"],
  ...[target.origin, `http://localhost:${target.port}`, `https://${target.host}`],
];

/** Hosts of pages whose name leads to this machine, and names that only look like the target's. */
const foreignHosts = ({ port }: URL): string[] => [
  ...["evil.example", "localhost", "127.0.0.1", "localhost:1", `localhost:0${port}`, `localhost:${port},evil.example`],
  ...[
    ...["evil.example", "127.0.0.1.nip.example", "localhost.evil.example", "evil.localhost", "bucket.s3.localhost"],
    ...["lambda.us-east-1.amazonaws.com", "x.execute-api.localhost", "127.1", "2130706433", "0.0.0.0", "[::1]"],
    ...["127.0.0.2", "localhost.", "user@localhost"],
  ].map((host) => `${host}:${port}`),
  `localhost:${port}.evil.example`,
];

/** The SigV4 header of an access key id, as one would make it who knows all but the id. */
export function signedAs(accessKeyId: string): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00`;
}

/** Headers that are no credentials of this run, with the account that the emulator takes by default among them. */
const NO_CREDENTIALS: readonly (string | undefined)[] = [
  ...[undefined, "", "Basic dGVzdDp0ZXN0", "Bearer test", "AWS test:signature", "AWS4-HMAC-SHA256"],
  "AWS4-HMAC-SHA256 Credential=",
  ...["test", "000000000000", "111111111111", "719325840116", "AKIAIOSFODNN7EXAMPLE"].map(signedAs),
];

/** All that a page wishes, with headers. @param authorization undefined: none */
function wishesWith(authorization: string | undefined, headers: Readonly<Record<string, string>>): PageCall[] {
  const all = authorization === undefined ? headers : { ...headers, authorization };
  return WISHES.map((wish) => ({ ...wish, headers: all }));
}

/** With every origin, each wish in every type that wants no preflight. `signature` even makes them right else. */
function callsWithOrigin(target: URL, signature?: string): PageCall[] {
  return origins(target).flatMap((origin) =>
    SIMPLE_TYPES.flatMap((type) => wishesWith(signature, { host: target.host, origin, "content-type": type })),
  );
}

function callsWithForeignHost(target: URL, signature?: string): PageCall[] {
  return foreignHosts(target).flatMap((host) => wishesWith(signature, { host, "content-type": "text/plain" }));
}

/** What has neither an Origin nor a foreign Host, as an `<img>` or a link asks, but is of nobody of this run. */
function callsWithoutKey({ host }: URL): PageCall[] {
  const headers = { host, "content-type": "text/plain" };
  const presigned = ["test", "000000000000"].map((key) => `?X-Amz-Credential=${key}%2F20260101%2Fus-east-1%2Flambda`);
  const beside = ["/_ministack/cfn-response/x", "/_ministack/cfn-response/../../2015-03-31/functions"];
  return [
    ...NO_CREDENTIALS.flatMap((authorization) => wishesWith(authorization, headers)),
    ...presigned.flatMap((query) => WISHES.map((wish) => ({ ...wish, headers, path: wish.path + query }))),
    ...beside.map((path) => ({ method: "PUT", path, headers, body: "{}" })),
  ];
}

/** Guessed access key ids, all different. */
function guesses({ host }: URL, count: number): PageCall[] {
  const step = Math.floor(9e11 / (count + 1));
  return Array.from({ length: count }, (_, i) =>
    get(FUNCTIONS, { host, authorization: signedAs(String(1e11 + (i + 1) * step)) }),
  );
}

function get(path: string, headers: PageCall["headers"]): PageCall {
  return { method: "GET", path, headers, body: "" };
}

/** What a page attacks. */
interface PageTarget {
  /** The front of the emulator. */
  readonly aws: URL;
  /** The Authorization header of this run's own callers: a page does not know it. */
  readonly authorization: string;
  readonly api: URL;
  readonly apiKey: string;
}

export interface Answered {
  /** Undefined if the connection ended without an answer. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const AT_ONCE = 16;
const OWN_CALLS = 50;
const agent = new Agent({ keepAlive: false, maxSockets: AT_ONCE });

/** Makes a call with any Host and Origin, which `fetch` does not allow. */
export function ask({ hostname, port }: URL, { method, path, headers, body }: PageCall): Promise<Answered> {
  return new Promise((resolve) => {
    const nothing = () => resolve({ status: undefined, headers: {}, text: "" });
    const asked = request({ agent, hostname, port, method, path, headers, timeout: 30_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.once("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      answer.once("error", nothing);
    });
    asked.once("error", nothing);
    asked.once("timeout", () => asked.destroy());
    asked.end(body);
  });
}

/**
 * Makes every request that a foreign page could make, by hand.
 * @param guessed how many access key ids are guessed
 * @param over ends it early
 */
export async function attack(
  { aws, api, authorization, apiKey }: PageTarget,
  guessed: number,
  signal?: AbortSignal,
): Promise<CheckRow[]> {
  const toApi = (headers: PageCall["headers"]) => get(`${api.pathname}instances`, headers);
  const preflight = { host: api.host, "access-control-request-headers": "x-api-key" };
  const own = get(FUNCTIONS, { host: aws.host, authorization });
  const attempts: readonly (readonly [what: string, at: URL, calls: readonly PageCall[]])[] = [
    ["two text/plain POSTs that make and run a function", aws, callsWithOrigin(aws).slice(0, 2)],
    ["an Origin", aws, callsWithOrigin(aws)],
    ["an Origin, and this run's key besides", aws, callsWithOrigin(aws, authorization)],
    ["a foreign Host", aws, callsWithForeignHost(aws)],
    ["a foreign Host, and this run's key besides", aws, callsWithForeignHost(aws, authorization)],
    ["no credentials of this run", aws, callsWithoutKey(aws)],
    ["guessed access key ids", aws, guesses(aws, guessed)],
    [
      "a foreign Host at the API, with its key",
      api,
      foreignHosts(api).map((host) => toApi({ host, "x-api-key": apiKey })),
    ],
    ["an Origin at the API, without its key", api, origins(api).map((origin) => toApi({ host: api.host, origin }))],
    [
      "a preflight at the API",
      api,
      origins(api).map((origin) => ({ ...toApi({ ...preflight, origin }), method: "OPTIONS" })),
    ],
  ];
  const rows: CheckRow[] = [];
  for (const [what, at, calls] of attempts)
    rows.push(row(what, "refused", await answersTo(at, calls, signal), isRefusal));
  const answers = await answersTo(aws, Array(OWN_CALLS).fill(own), signal);
  const isWhole = ({ status, text }: Answered) => status === 200 && !text.includes(FUNCTION);
  return [...rows, row("the run's own calls, after all that", "answered, without a page's function", answers, isWhole)];
}

function row(what: string, expected: string, all: readonly Answered[], isWanted: (it: Answered) => boolean): CheckRow {
  const counts = new Map<string, number>();
  for (const { status = "no answer" } of all) counts.set(`${status}`, (counts.get(`${status}`) ?? 0) + 1);
  const observed = [...counts].map(([status, count]) => `${status}: ${count}`).join(", ");
  return { what, expected, observed, passed: all.map(isWanted) };
}

/** Refused, and not to be read by the page that asked. Node itself answers 400 to what is no HTTP. */
function isRefusal({ status, headers, text }: Answered): boolean {
  if (status === undefined) return true;
  return [400, 403].includes(status) && headers["access-control-allow-origin"] === undefined && !text.includes(RAN);
}

async function answersTo(at: URL, calls: readonly PageCall[], signal?: AbortSignal): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (let from = 0; from < calls.length && signal?.aborted !== true; from += AT_ONCE)
    answers.push(...(await Promise.all(calls.slice(from, from + AT_ONCE).map((call) => ask(at, call)))));
  return answers;
}
