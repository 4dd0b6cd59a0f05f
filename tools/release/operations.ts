import * as z from "zod";
import { EXAMPLE_ID } from "../../domain/api/answer-fields.ts";
import type { RouteName } from "../../domain/api/answers.ts";
import { STATUSES } from "../../domain/request/lifecycle.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../domain/validation/bodies.ts";
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
    ...query("req_id", "The `request_id` that POST /prewarm answered.", { type: "string", minLength: 1 }, example),
    required: true,
  };
}

/** One, or several with commas. */
const DETAIL: Parameter = {
  ...query("detail", "What to tell beside the totals: one, or several with commas; `sent` alone.", {
    type: "array",
    items: { type: "string", enum: DETAILS },
  }),
  style: "form",
  explode: false,
};

/** With `urls` in `detail`. */
export const POP: Parameter = query(
  "pop",
  "With `urls` in `detail`: which POP of the request.",
  { type: "string" },
  "SIN2-C1",
);

const LIST_PARAMETERS: readonly Parameter[] = [
  query("limit", "How many requests a page has.", {
    type: "integer",
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
  }),
  query("status", "Only requests in this status. Any, if it is left out.", { type: "string", enum: STATUSES }),
  query("next", "Where the page before ended: what its answer said as `next`.", { type: "string" }),
];

const CATALOGUE_PARAMETERS: readonly Parameter[] = [
  query("country", "Only POPs in this country: its English name or its two-letter ISO code.", { type: "string" }, "SG"),
  query("region", "Only POPs that lie in this region.", {
    type: "string",
    enum: ["apac", "au", "ca", "cn", "eu", "jp", "sa", "us"],
  }),
];

function query(name: string, description: string, schema: JsonSchema, example?: unknown): Parameter {
  const parameter = { name, in: "query" as const, required: false, description, schema };
  return example === undefined ? parameter : { ...parameter, example };
}

// A retry has these from the request before it alone.
const { url_list, sources, target_type, pops, countries, regions, ...settings } = prewarmBodySchema.shape;

/** What a caller may leave out with `retry_of`: the body is filled from the request before, and then checked as any other. */
const retryBodySchema = z
  .strictObject(settings)
  .partial()
  .extend({
    retry_of: z
      .string()
      .describe("The request that is tried again: its URLs at its POPs, as far as they are not good."),
  })
  .meta({
    id: "RetryBody",
    description:
      "Warms what is not good in a request that has ended. What is left out is as it was there, but for `header` and what the " +
      "variants send: these are not kept.",
  });

/** Body of POST /prewarm. */
export const startBodySchema = z.union([prewarmBodySchema, retryBodySchema]).meta({
  id: "StartBody",
  description: "A request of its own, or one that tries another again.",
});

/** Bodies that may be sent, by a name; the first is the usual one. */
type BodyExamples = Readonly<Record<string, { readonly summary: string; readonly value: object }>>;

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
      header: ["Accept-Encoding: gzip, deflate, br"],
      ...SOME_TIME,
    },
  },
  countries: {
    summary: "Where three countries are served",
    value: { ...SOME_URLS, target_type: "country", countries: ["japan", "KR", "singapore"], ...SOME_TIME },
  },
  variants: {
    summary: "Each URL in two forms, and no more than the origin can take",
    value: {
      ...SOME_URLS,
      regions: ["eu", "us"],
      variants: [
        { name: "br", header: ["Accept-Encoding: gzip, deflate, br"] },
        { name: "plain", header: [] },
      ],
      origin: { requests_per_second: 50, concurrency: 20 },
      max_failures: 100,
      ...SOME_TIME,
    },
  },
  dry_run: {
    summary: "What it would come to; nothing is made",
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
    summary: "What was not good in a request that has ended",
    value: { retry_of: EXAMPLE_ID },
  },
};

const INSTANCES_EXAMPLES: BodyExamples = {
  more: { summary: "Four instances for all requests", value: { DesiredCapacity: 4, req_id: EXAMPLE_ID } },
  pause: { summary: "Pauses all requests", value: { DesiredCapacity: 0 } },
  stop: {
    summary: "Stops a request and ends the instances",
    value: { DesiredCapacity: 0, req_id: EXAMPLE_ID, force_stop: true },
  },
};

/** What the schemas do not say of a route. */
export interface Operation {
  readonly operationId: string;
  readonly tag: "Requests" | "Instances" | "Deployment";
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly schema: z.ZodType; readonly examples: BodyExamples };
  /** What the route says with each of its errors, as an example. */
  readonly errors: Readonly<Record<number, string>>;
}

const INTERNAL = "Internal error; the log has it under 5b1f9f1e-6f0c-4f55-9d6a-2a3c8e4e8f10";
const NO_ID = "req_id: is required in the query string";
const UNKNOWN = `req_id: there is no request '${EXAMPLE_ID}'`;

/** In the order of the description. */
export const OPERATIONS: Readonly<Record<RouteName, Operation>> = {
  "POST /prewarm": {
    operationId: "startRequest",
    tag: "Requests",
    summary: "Starts a request",
    description:
      "Makes a request: a set of URLs, to be warmed at a set of POPs. All of the body is checked first; where anything is wrong, " +
      "nothing is made, and all faults are told.",
    body: { schema: startBodySchema, examples: PREWARM_EXAMPLES },
    errors: {
      400: "url_list: 'ftp://x/y' has the scheme ftp. Use absolute http:// or https:// URLs",
      404: `retry_of: there is no request '${EXAMPLE_ID}'`,
      409: `client_token: stands for another body, that of the request ${EXAMPLE_ID}`,
      500: INTERNAL,
    },
  },
  "GET /prewarm": {
    operationId: "getProgress",
    tag: "Requests",
    summary: "Tells the progress of a request",
    description: "Where a request stands: its tasks, bytes, outcomes, rate and the time left.",
    parameters: [requestId(EXAMPLE_ID), DETAIL, POP],
    errors: {
      400: NO_ID,
      404: UNKNOWN,
      409: "The request is IN_PROGRESS; the URLs of a POP can be read once it has ended",
      500: INTERNAL,
    },
  },
  "GET /summary": {
    operationId: "getSummary",
    tag: "Requests",
    summary: "Tells what failed, once a request has ended",
    description:
      "What came of a request that has ended, with a link to the report of its failed tasks. Before its end, and while the report " +
      "is still being written, a 409.",
    parameters: [requestId(EXAMPLE_ID)],
    errors: {
      400: NO_ID,
      404: UNKNOWN,
      409: "The request is IN_PROGRESS; its summary can be read once it has ended",
      500: INTERNAL,
    },
  },
  "GET /requests": {
    operationId: "listRequests",
    tag: "Requests",
    summary: "Lists all requests, the newest first",
    description: "The requests of the last 30 days, a page at a time.",
    parameters: LIST_PARAMETERS,
    errors: { 400: "limit: '0' must be a whole number from 1 to 100", 500: INTERNAL },
  },
  "POST /instances": {
    operationId: "setInstances",
    tag: "Instances",
    summary: "Sets the number of instances; stops a request",
    description:
      "All requests share the instances. 0 pauses them. With `force_stop`, the request becomes STOPPED, its queued tasks are " +
      "dropped, and the group goes to `DesiredCapacity`, or to what the other requests need.",
    body: { schema: instancesBodySchema, examples: INSTANCES_EXAMPLES },
    errors: {
      400: "DesiredCapacity: is required: a whole number from 0 to 300",
      404: UNKNOWN,
      409: "req_id: the request is FINISHED already and cannot be stopped",
      500: INTERNAL,
    },
  },
  "GET /instances": {
    operationId: "getInstances",
    tag: "Instances",
    summary: "Tells the number of instances",
    description: "How many instances are wanted. Spot may not have delivered them yet.",
    errors: { 500: INTERNAL },
  },
  "GET /pops": {
    operationId: "listPops",
    tag: "Deployment",
    summary: "Lists the POPs that Prewarm knows",
    description:
      "The catalogue. AWS publishes neither the codes nor which REC serves which POP: each row says how it is known.",
    parameters: CATALOGUE_PARAMETERS,
    errors: { 400: "country: unknown 'atlantis'; known: argentina, australia, austria", 500: INTERNAL },
  },
  "GET /settings": {
    operationId: "getSettings",
    tag: "Deployment",
    summary: "Tells what this deployment is and allows",
    description: "Region, version and caps of the deployment, and which of the stack's parameters sets each.",
    errors: { 500: INTERNAL },
  },
  "GET /openapi.json": {
    operationId: "getDescription",
    tag: "Deployment",
    summary: "Tells this description",
    description: "The description of all routes in OpenAPI 3.1, of the release that is deployed.",
    errors: { 500: INTERNAL },
  },
};
