import type * as z from "zod";
import { ApiClient } from "../../client/api-client.ts";
import { refusalSchema } from "../../domain/api/answer-fields.ts";
import { ANSWERS, GATEWAY_ANSWERS } from "../../domain/api/answers.ts";
import type { LocalPrewarm } from "./local-prewarm.ts";

/**
 * The API of a local run. A good answer that is not as the API is described is an error.
 * @param attempts how often a call is made that may pass
 */
export function checkedClient({ apiUrl, apiKey }: Pick<LocalPrewarm, "apiUrl" | "apiKey">, attempts = 1): ApiClient {
  return new ApiClient(apiUrl, apiKey, {
    attempts,
    onAnswer: ({ method, path, status, text }) => {
      if (status !== 200) return;
      const problem = problemWith({ method, path, status, body: JSON.parse(text) });
      if (problem !== undefined) throw new Error(`not as described: ${problem}: ${text}`);
    },
  });
}

/** An answer of the API. */
interface JudgedAnswer {
  readonly method: string;
  /** With or without a query, with or without the `/` that it begins with. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

type ByStatus = Readonly<Partial<Record<number, z.ZodType>>>;
const ROUTES: ReadonlyMap<string, ByStatus> = new Map(Object.entries(ANSWERS));
const GATEWAY: ByStatus = GATEWAY_ANSWERS;
/** Of a route that there is not. */
const NO_ROUTE: ByStatus = { 404: refusalSchema };

/**
 * What the description does not allow of an answer: its status, a field that is missing or wrong, or one that is not described.
 * Undefined: all of it is allowed.
 */
export function problemWith({ method, path, status, body }: JudgedAnswer): string | undefined {
  const route = `${method} /${path.replace(/^\//, "").replace(/\?.*$/s, "")}`;
  const schemas = [(ROUTES.get(route) ?? NO_ROUTE)[status], GATEWAY[status]].filter((it) => it !== undefined);
  const problems = schemas.map((schema) => differences(schema, body));
  if (problems.some((it) => it.length === 0)) return undefined;
  const words =
    schemas.length === 0 ? "no such status is described" : problems.map((it) => it.join(", ")).join("; or: ");
  return `${route} answered ${status}: ${words}`;
}

function differences(schema: z.ZodType, body: unknown): string[] {
  const { data, error } = schema.safeParse(body);
  if (error !== undefined) return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return undescribed(body, data);
}

/** Fields of a body that its schema has dropped. */
function undescribed(body: unknown, parsed: unknown, path = ""): string[] {
  if (!isObject(body) || !isObject(parsed)) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    name in parsed ? undescribed(value, parsed[name], `${path}${name}.`) : [`${path}${name}: is not described`],
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
