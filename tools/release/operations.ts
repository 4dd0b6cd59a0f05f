import * as z from "zod";
import { EXAMPLE_ID } from "../../domain/api/answer-fields.ts";
import type { RouteName } from "../../domain/api/answers.ts";
import { MAX_INSTANCES } from "../../domain/limits.ts";
import { STATUSES } from "../../domain/request/lifecycle.ts";
import {
  DENIED_BY_POLICY,
  NO_KEY,
  QUOTA_EXCEEDED,
  READ_ONLY_KEY,
  TOO_LARGE,
} from "../../domain/validation/api-error.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../domain/validation/bodies.ts";
import { FIELDS_FROM_RETRIED } from "../../domain/validation/check-retry.ts";
import { DETAILS } from "../../lambdas/api/query.ts";
import { DEFAULT_LIMIT, MAX_LIMIT } from "../../lambdas/api/requests.ts";

/** A JSON schema, as it is written into the description. */
export type JsonSchema = { readonly [field: string]: unknown };

/** A parameter of a query. */
export interface Parameter {
  readonly name: string;
  readonly in: "query";
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
  /** How a list is written. */
  readonly style?: "form";
  readonly explode?: boolean;
}

export function requestId(example: string): Parameter {
  return {
    ...query("req_id", "ID of the request.", { type: "string", minLength: 1 }, example),
    required: true,
  };
}

/** One, or several with commas. */
const DETAIL: Parameter = {
  ...query("detail", "More fields of the answer: one or several, separated by commas; `sent` alone.", {
    type: "array",
    items: { type: "string", enum: DETAILS },
  }),
  style: "form",
  explode: false,
};

const LIST_PARAMETERS: readonly Parameter[] = [
  query("limit", "Requests on a page.", {
    type: "integer",
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
  }),
  query("status", "Only requests with this status.", { type: "string", enum: STATUSES }),
  query("next", "`next` of the previous page.", { type: "string" }),
];

const CATALOGUE_PARAMETERS: readonly Parameter[] = [
  query("country", "Only POPs in this country: English name or two-letter ISO code.", { type: "string" }, "SG"),
  query("region", "Only POPs in this region.", {
    type: "string",
    enum: ["apac", "au", "ca", "cn", "eu", "jp", "sa", "us"],
  }),
];

function query(name: string, description: string, schema: JsonSchema, example?: unknown): Parameter {
  const parameter = { name, in: "query" as const, required: false, description, schema };
  return example === undefined ? parameter : { ...parameter, example };
}

const RETRIES_ONLY = { ...Object.fromEntries(FIELDS_FROM_RETRIED.map((name) => [name, true])), dry_run: true } as const;
const fromRetried = (field: z.ZodType) => field.meta({ default: undefined });
const { verify, downloads, scope } = prewarmBodySchema.shape;

/** What a caller may leave out with `retry_of`: the body is filled from the request before, and then checked as any other. */
const retryBodySchema = z
  .strictObject(prewarmBodySchema.shape)
  .omit(RETRIES_ONLY)
  .partial()
  .extend({
    verify: fromRetried(verify),
    downloads: fromRetried(downloads),
    scope: fromRetried(scope),
    retry_of: z.string().describe("ID of the request to retry."),
  })
  .meta({
    id: "RetryBody",
    description:
      "Retries what failed in a request that has ended. Absent fields are taken from that request, except `header` and `variants`: send " +
      "them again, because they are not kept. Nothing is invalidated unless this body says so.",
  });

/** Body of POST /prewarm. */
export const startBodySchema = z.union([prewarmBodySchema, retryBodySchema]).meta({
  id: "StartBody",
  description: "A new request, or a retry of another one.",
});

/** Bodies that may be sent, by a name; the first is the usual one. */
type BodyExamples = Readonly<Record<string, { readonly summary: string; readonly value: object }>>;

/** The request that retries the one of the examples. */
const OTHER_ID = "e059b77b-e427-4489-a50b-4d8c652f114c";

const SOME_URLS = {
  url_list: ["https://www.example.com/index.html", "https://www.example.com/css/bootstrap-icons.css"],
  cf_domain: "www.example.com",
};
const SOME_TIME = { timeout: 30, instance_count: 2 };

const PREWARM_EXAMPLES: BodyExamples = {
  pops: {
    summary: "Two URLs at three POPs",
    value: {
      ...SOME_URLS,
      pops: ["ATL56-C1", "SIN2-C1", "DFW55-C3"],
      ...SOME_TIME,
    },
  },
  countries: {
    summary: "The POPs of three countries",
    value: { ...SOME_URLS, target_type: "country", countries: ["japan", "KR", "singapore"], ...SOME_TIME },
  },
  variants: {
    summary: "Each URL in two variants, with limits for the origin",
    value: {
      ...SOME_URLS,
      regions: ["eu", "us"],
      variants: [
        { name: "br", header: ["Accept-Encoding: gzip, deflate, br"] },
        { name: "plain", header: ["Accept-Encoding: identity"] },
      ],
      origin: { requests_per_second: 50, concurrency: 20 },
      max_failures: 100,
      ...SOME_TIME,
    },
  },
  dry_run: {
    summary: "An estimate; nothing is made",
    value: { ...SOME_URLS, regions: ["apac"], dry_run: true, ...SOME_TIME },
  },
  sources: {
    summary: "All URLs of a sitemap, in the default regions",
    value: {
      sources: [{ type: "sitemap", url: "https://www.example.com/sitemap.xml", since: "2024-04-01" }],
      cf_domain: "www.example.com",
      ...SOME_TIME,
    },
  },
  retry: {
    summary: "A retry of what failed in a request",
    value: { retry_of: EXAMPLE_ID },
  },
};

const INSTANCES_EXAMPLES: BodyExamples = {
  more: { summary: "Four instances for all requests", value: { DesiredCapacity: 4 } },
  pause: { summary: "Pauses all requests", value: { DesiredCapacity: 0 } },
  stop: {
    summary: "Stops a request and ends the instances",
    value: { DesiredCapacity: 0, req_id: EXAMPLE_ID, force_stop: true },
  },
};

/** An error that a route returns. */
interface ErrorAnswer {
  /** An example of its text. */
  readonly text: string;
  /** What the caller does about it. */
  readonly action: string;
}

/** What the schemas do not say of a route. */
export interface Operation {
  readonly operationId: string;
  readonly tag: "Requests" | "Instances" | "Deployment";
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly schema: z.ZodType; readonly examples: BodyExamples };
  /** Query strings that the reference shows; `$REQ` is the ID of a request. */
  readonly queries?: readonly string[];
  /** By HTTP status, the most frequent one first. */
  readonly errors: Readonly<Record<number, readonly ErrorAnswer[]>>;
}

const INTERNAL = [
  {
    text: "Internal error; the log has it under 5b1f9f1e-6f0c-4f55-9d6a-2a3c8e4e8f10",
    action: "Call again. If it persists, give the ID to whoever runs the stack.",
  },
];
export const NO_ID = { text: "req_id: is required in the query string", action: "Add `req_id`." };
const READ_ONLY = { text: READ_ONLY_KEY, action: "Send the key that may also start requests." };
export const UNKNOWN = { text: `req_id: there is no request '${EXAMPLE_ID}'`, action: "Correct the ID." };

/** In the order of the description. */
export const OPERATIONS: Readonly<Record<RouteName, Operation>> = {
  "POST /prewarm": {
    operationId: "startRequest",
    tag: "Requests",
    summary: "Makes a request",
    description:
      "Warms a set of URLs at a set of POPs. A new request needs `timeout`, `instance_count`, and `url_list` or `sources` or both. " +
      "A retry needs only `retry_of`, and `header` and `variants` if the first request had them. If a field is wrong or unknown, " +
      "nothing is made. POPs, countries and regions are not case-sensitive. `null` omits an optional field.",
    body: { schema: startBodySchema, examples: PREWARM_EXAMPLES },
    errors: {
      400: [
        {
          text: "url_list: 'ftp://x/y' has the scheme ftp. Use absolute http:// or https:// URLs",
          action: "Correct the named fields.",
        },
        {
          text: "instance_count: 30 instances exceed this deployment's limit of 20 (stack parameter maxInstances)",
          action: "Lower the value, or raise the parameter.",
        },
        {
          text: "with this request: 21 active requests exceed this deployment's limit of 20 (stack parameter maxActiveRequests)",
          action: "Send it again when a request has ended.",
        },
        {
          text: `header: is required, because the request ${EXAMPLE_ID} had a header line, which are not kept after its end`,
          action: "Send the `header` and `variants` of the first request.",
        },
      ],
      403: [READ_ONLY],
      404: [{ text: `retry_of: there is no request '${EXAMPLE_ID}'`, action: "Correct the ID." }],
      409: [
        {
          text: `client_token: another call is creating the request ${EXAMPLE_ID} with this token; send this request again in a moment`,
          action: "Send it again in some seconds.",
        },
        {
          text: `client_token: was sent with another body within the last 24 hours, which created the request ${EXAMPLE_ID}`,
          action: "If you mean another request, send a new token.",
        },
        {
          text: `retry_of: the request ${EXAMPLE_ID} is IN_PROGRESS; it can be retried after it has ended`,
          action: "Wait for its end.",
        },
        {
          text: `retry_of: the request ${EXAMPLE_ID} is STOPPED; its report is still being written; retry in a moment`,
          action: "Send it again in some seconds.",
        },
        {
          text: `retry_of: the request ${EXAMPLE_ID} is already being retried by ${OTHER_ID}; when that one has ended, retry it instead`,
          action: "Wait for its end, then retry it.",
        },
        {
          text: `retry_of: the request ${EXAMPLE_ID} is FINISHED, and it has no tasks to retry`,
          action: "Nothing: all is good.",
        },
        {
          text: `retry_of: the request ${EXAMPLE_ID} cannot be retried: its lists are gone; send its URLs in a new request`,
          action: "Make a new request.",
        },
      ],
      429: [
        {
          text: "transferred_bytes of 2024-04-16 (UTC) with this request: 3000000000001 bytes exceed this deployment's limit of 3000000000000 (stack parameter maxDailyBytes); the next day begins at 00:00 UTC",
          action: "Send it on the next day (UTC), or raise the parameter.",
        },
      ],
      500: INTERNAL,
    },
  },
  "GET /prewarm": {
    operationId: "getProgress",
    tag: "Requests",
    summary: "Returns the progress of a request",
    description: "Returns the state of a request. Agents report every ten seconds.",
    parameters: [requestId(EXAMPLE_ID), DETAIL],
    queries: ["req_id=$REQ", "req_id=$REQ&detail=pops,failures"],
    errors: {
      400: [NO_ID],
      404: [UNKNOWN],
      409: [
        { text: "The sources of the request are not read yet; ask again in a moment", action: "Call again." },
        {
          text: "The request ended before its sources were read; send its sources in a new request",
          action: "Make a new request.",
        },
        { text: "There is no list of the request's URLs", action: "Use your own copy." },
      ],
      500: INTERNAL,
    },
  },
  "GET /summary": {
    operationId: "getSummary",
    tag: "Requests",
    summary: "Returns the result of a request that has ended",
    description: "Returns the verdict, the failures by reason, and links to the report and to all results.",
    parameters: [requestId(EXAMPLE_ID)],
    queries: ["req_id=$REQ"],
    errors: {
      400: [NO_ID],
      404: [UNKNOWN],
      409: [
        {
          text: "The request is IN_PROGRESS; its summary is available after it has ended",
          action: "Wait for its end.",
        },
        {
          text: "The request is STOPPED; its report is still being written; retry in a moment",
          action: "Call again.",
        },
      ],
      500: INTERNAL,
    },
  },
  "GET /requests": {
    operationId: "listRequests",
    tag: "Requests",
    summary: "Lists the requests of the last 30 days",
    description:
      "Lists the requests a page at a time. With `status`, a page can have fewer than `limit` requests although " +
      "there are more: read on until `next` is null.",
    parameters: LIST_PARAMETERS,
    queries: ["limit=20&status=FINISHED", "limit=20&status=FINISHED&next=$NEXT"],
    errors: {
      400: [{ text: "limit: '0' must be a whole number from 1 to 100", action: "Correct `limit`." }],
      500: INTERNAL,
    },
  },
  "POST /instances": {
    operationId: "setInstances",
    tag: "Instances",
    summary: "Sets the number of instances; stops a request",
    description:
      "Sets the number of instances that all active requests share, or stops a request. 0 pauses the requests; a larger number " +
      "resumes them. With `force_stop`, the group keeps the instances that other requests need.",
    body: { schema: instancesBodySchema, examples: INSTANCES_EXAMPLES },
    errors: {
      400: [
        {
          text: `DesiredCapacity: is required: a whole number from 0 to ${MAX_INSTANCES}`,
          action: "Correct the named field.",
        },
      ],
      403: [READ_ONLY],
      404: [UNKNOWN],
      409: [
        {
          text: "req_id: the request is FINISHED already and cannot be stopped",
          action: "Nothing: the request has ended.",
        },
      ],
      500: INTERNAL,
    },
  },
  "GET /instances": {
    operationId: "getInstances",
    tag: "Instances",
    summary: "Returns the number of instances",
    description: "Returns the desired number of instances.",
    errors: { 500: INTERNAL },
  },
  "GET /pops": {
    operationId: "listPops",
    tag: "Deployment",
    summary: "Lists the POPs that Prewarm knows",
    description: "Lists the whole catalogue of POPs in one answer. Each entry states how it is known.",
    parameters: CATALOGUE_PARAMETERS,
    queries: ["country=SG"],
    errors: {
      400: [
        {
          text: "region: unknown 'europe'; known: apac, au, ca, cn, eu, jp, sa, us",
          action: "Send a name that the message lists.",
        },
      ],
      500: INTERNAL,
    },
  },
  "GET /settings": {
    operationId: "getSettings",
    tag: "Deployment",
    summary: "Returns the limits of the deployment",
    description: "Returns the limits of the deployment.",
    errors: { 500: INTERNAL },
  },
  "GET /openapi.json": {
    operationId: "getDescription",
    tag: "Deployment",
    summary: "Returns the OpenAPI description",
    description:
      "Returns the OpenAPI 3.1 description of the deployed release. For Postman: save it, choose Import, set the variable `baseUrl` of the " +
      "collection to `$API` without its last slash, and its authorization to API Key, with `x-api-key` and the value of the key.",
    errors: { 500: INTERNAL },
  },
};

/** Of a path that has no route. */
export const UNKNOWN_ROUTE = {
  text: "Unknown route; use one of POST /prewarm, …",
  action: "Correct the address, with one slash before the route.",
};

/** What API Gateway returns without the API. */
export const GATEWAY_ERRORS: Readonly<Record<string, readonly ErrorAnswer[]>> = {
  403: [
    { text: NO_KEY, action: "Send this deployment's key. A new key takes a minute." },
    { text: DENIED_BY_POLICY, action: "Call from an allowed address." },
  ],
  413: [{ text: TOO_LARGE, action: "Send several requests, each with a part of the list." }],
  429: [
    // API Gateway's own words: https://repost.aws/knowledge-center/api-gateway-429-limit
    { text: "Too Many Requests", action: "Wait a second and call again; double the wait each time." },
    { text: QUOTA_EXCEEDED, action: "Wait until tomorrow, or raise the parameter." },
  ],
  "5XX": INTERNAL,
};
