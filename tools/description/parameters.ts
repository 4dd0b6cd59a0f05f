import { STATUSES } from "../../domain/request/lifecycle.ts";
import { DETAILS } from "../../lambdas/api/query.ts";
import { DEFAULT_LIMIT, MAX_LIMIT } from "../../lambdas/api/requests.ts";
import type { JsonSchema } from "./schemas.ts";

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
export const DETAIL: Parameter = {
  ...query("detail", "What to tell beside the totals: one, or several with commas.", {
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

export const LIST_PARAMETERS: readonly Parameter[] = [
  query("limit", "How many requests a page has.", {
    type: "integer",
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
  }),
  query("status", "Only requests in this status. Any, if it is left out.", { type: "string", enum: STATUSES }),
  query("next", "Where the page before ended: what its answer said as `next`.", { type: "string" }),
];

export const CATALOGUE_PARAMETERS: readonly Parameter[] = [
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
