import type * as z from "zod";
import { ANSWERS, GATEWAY_ANSWERS } from "../../domain/api/answers.ts";
import { NO_KEY, TOO_LARGE } from "../../domain/validation/api-error.ts";
import { exampleOf, idOf, type JsonSchema, refTo } from "./schemas.ts";

const STATUS_MEANS: Readonly<Record<number, string>> = {
  400: "The body is not JSON, or a field or a parameter is wrong or missing.",
  404: "There is no such request.",
  409: "The request is in the wrong status for it.",
  500: "Something failed inside. The log has it under the id that is named.",
};

const GATEWAY = GATEWAY_ANSWERS[403];
const INTERNAL = "Internal error; the log has it under 5b1f9f1e-6f0c-4f55-9d6a-2a3c8e4e8f10";
/** What API Gateway says by itself, before a route or instead of it. */
const GATEWAY_SAYS: Readonly<Record<string, readonly [meaning: string, text: string]>> = {
  403: ["There is no key, or a wrong one.", NO_KEY],
  413: ["The body is too large.", TOO_LARGE],
  429: ["More calls than the key may make.", "Limit Exceeded"],
  "5XX": ["API Gateway had no answer, or none in 29 seconds.", INTERNAL],
};

const ROUTES: ReadonlyMap<string, Readonly<Record<string, z.ZodType>>> = new Map(Object.entries(ANSWERS));

/** All answers of a route by status. @param errors what the route says with each error, as an example */
export function responsesOf(
  route: string,
  errors: Readonly<Record<string, string>>,
  hasBody: boolean,
): Record<string, JsonSchema> {
  const own = Object.entries(ROUTES.get(route) ?? {}).map(([status, schema]) => [
    status,
    status === "200"
      ? response(schema.meta()?.description ?? "", refOf(schema), exampleOf(schema))
      : refusal(Number(status), schema, errors[status] ?? ""),
  ]);
  const gateway = Object.entries(GATEWAY_SAYS)
    .filter(([status]) => hasBody || status !== "413")
    .map(([status, [meaning, text]]) => [status, response(meaning, refOf(GATEWAY), saying(GATEWAY, text))]);
  return Object.fromEntries([...own, ...gateway]);
}

function refusal(status: number, schema: z.ZodType, text: string): JsonSchema {
  // API Gateway may say this one, too.
  const body = status === 500 ? { anyOf: [refOf(schema), refOf(GATEWAY)] } : refOf(schema);
  return response(STATUS_MEANS[status] ?? "", body, saying(schema, text));
}

/** An error's example with other words. */
function saying(schema: z.ZodType, text: string): object {
  const fields = Object.entries(exampleOf(schema)).map(([name, value]) =>
    name.endsWith("message") ? [name, text] : name === "error_urls" ? [name, []] : [name, value],
  );
  return Object.fromEntries(fields);
}

function response(description: string, schema: JsonSchema, example: object): JsonSchema {
  return { description, content: json(schema, { example }) };
}

/** JSON of a schema, with examples of it. */
export function json(schema: JsonSchema, examples: JsonSchema): JsonSchema {
  return { "application/json": { schema, ...examples } };
}

export function refOf(schema: z.ZodType): JsonSchema {
  return { $ref: refTo(idOf(schema)) };
}
