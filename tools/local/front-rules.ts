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
export interface FrontRules {
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

/** Whether a call creates an invalidation: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html */
export function createsInvalidation({ method, url }: Pick<FrontCall, "method" | "url">): boolean {
  return method === "POST" && /^\/2020-05-31\/distribution\/[^/?]+\/invalidation(\?|$)/.test(url);
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
