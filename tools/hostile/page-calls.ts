import { strToU8, zipSync } from "fflate";

/** A request as a web page, or a page whose own name leads to this machine, can make one. */
export interface PageCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const FUNCTION = "made-by-a-page";
/** What the function answers: where it stands in an answer, the page's code has run. */
export const RAN = "a page's code ran here";

const code = strToU8(`exports.handler = async () => ${JSON.stringify(RAN)};`);

const MAKE = {
  method: "POST",
  path: "/2015-03-31/functions",
  body: JSON.stringify({
    FunctionName: FUNCTION,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Role: "arn:aws:iam::000000000000:role/page",
    Code: { ZipFile: Buffer.from(zipSync({ "index.js": code })).toString("base64") },
  }),
};
const RUN = { method: "POST", path: `/2015-03-31/functions/${FUNCTION}/invocations`, body: "{}" };

/** The calls that a page would like to make: the first two make a function and run it. */
export const WISHES: readonly Omit<PageCall, "headers">[] = [
  MAKE,
  RUN,
  { method: "POST", path: "/_ministack/config", body: "{}" },
  { method: "POST", path: "/", body: "Action=ListQueues&Version=2012-11-05" },
  { method: "POST", path: "/_ministack/reset", body: "" },
  { method: "GET", path: "/_ministack/health", body: "" },
  { method: "GET", path: "/2015-03-31/functions", body: "" },
  { method: "GET", path: `/2015-03-31/functions/${FUNCTION}`, body: "" },
  { method: "GET", path: "/", body: "" },
];

/** Types that a page may send without a preflight: https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const SIMPLE_TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];

/** Origins of pages: elsewhere, a file, an extension, another program on this machine, and the target itself. */
export const origins = (target: URL): string[] => [
  ...["https://evil.example", "http://evil.example:8080", "null", "", "file://", "chrome-extension://abcdefghijklmnop"],
  ...["http://localhost", "http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"],
  ...[target.origin, `http://localhost:${target.port}`, `https://${target.host}`],
];

/** Hosts of pages whose name leads to this machine, and names that only look like the target's. */
export const foreignHosts = ({ port }: URL): string[] => [
  ...["evil.example", `evil.example:${port}`, `127.0.0.1.nip.example:${port}`, `localhost.evil.example:${port}`],
  ...[`localhost:${port}.evil.example`, `evil.localhost:${port}`, `lambda.us-east-1.amazonaws.com:${port}`],
  ...[`x.execute-api.localhost:${port}`, `bucket.s3.localhost:${port}`, "localhost", "127.0.0.1", "localhost:1"],
  ...[
    `127.1:${port}`,
    `2130706433:${port}`,
    `0.0.0.0:${port}`,
    `[::1]:${port}`,
    `127.0.0.2:${port}`,
    `localhost.:${port}`,
  ],
  ...[`user@localhost:${port}`, `localhost:0${port}`, `localhost:${port},evil.example`],
];

/** The SigV4 header of an access key id, as one would make it who knows all but the id. */
export function signedAs(accessKeyId: string): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00`;
}

/** Headers that are no credentials of this run, with the account that the emulator takes by default among them. */
const NO_CREDENTIALS: readonly (string | undefined)[] = [
  ...[
    undefined,
    "",
    "Basic dGVzdDp0ZXN0",
    "Bearer test",
    "AWS test:signature",
    "AWS4-HMAC-SHA256",
    "AWS4-HMAC-SHA256 Credential=",
  ],
  ...["test", "000000000000", "111111111111", "719325840116", "AKIAIOSFODNN7EXAMPLE"].map(signedAs),
];

/** With every origin, each wish in every type that wants no preflight. `signature` even makes them right else. */
export function callsWithOrigin(target: URL, signature: string | undefined): PageCall[] {
  return origins(target).flatMap((origin) =>
    SIMPLE_TYPES.flatMap((type) =>
      WISHES.map((wish) => ({
        ...wish,
        headers: { host: target.host, origin, "content-type": type, ...(signature && { authorization: signature }) },
      })),
    ),
  );
}

export function callsWithForeignHost(target: URL, signature: string | undefined): PageCall[] {
  return foreignHosts(target).flatMap((host) =>
    WISHES.map((wish) => ({
      ...wish,
      headers: { host, "content-type": "text/plain", ...(signature && { authorization: signature }) },
    })),
  );
}

/** What has neither an Origin nor a foreign Host, as an `<img>` or a link asks, but is of nobody of this run. */
export function callsWithoutKey(target: URL): PageCall[] {
  const headers = { host: target.host, "content-type": "text/plain" };
  const unsigned = NO_CREDENTIALS.flatMap((authorization) =>
    WISHES.map((wish) => ({ ...wish, headers: { ...headers, ...(authorization !== undefined && { authorization }) } })),
  );
  const presigned = ["test", "000000000000"].flatMap((key) =>
    WISHES.map((wish) => ({
      ...wish,
      headers,
      path: `${wish.path}?X-Amz-Credential=${key}%2F20260101%2Fus-east-1%2Flambda`,
    })),
  );
  const beside = ["/_ministack/cfn-response/x", "/_ministack/cfn-response/../../2015-03-31/functions"].map((path) => ({
    method: "PUT",
    path,
    headers,
    body: "{}",
  }));
  return [...unsigned, ...presigned, ...beside];
}

/** Guessed access key ids, all different. */
export function guesses(target: URL, count: number): PageCall[] {
  const step = Math.floor(9e11 / (count + 1));
  return Array.from({ length: count }, (_, i) => ({
    method: "GET",
    path: "/2015-03-31/functions",
    body: "",
    headers: { host: target.host, authorization: signedAs(String(1e11 + (i + 1) * step)) },
  }));
}
