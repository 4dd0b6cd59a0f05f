import type { z } from "zod";
import { MORE_FAULTS } from "./body-lists.ts";
import { faultList } from "./fault-list.ts";
import { shapeOf } from "./json-shape.ts";
import { RefusedError } from "./refused-error.ts";

/** Faults that a schema does not see. */
export interface MoreFaults {
  readonly problems: readonly string[];
  readonly errorUrls: readonly string[];
}

/** {@link checkBody} of a request's body. @throws RefusedError 400 */
export function parseBody<T extends z.ZodType>(
  schema: T,
  body: string | null,
  isBase64: boolean,
  checkMore?: (json: unknown) => MoreFaults,
): z.infer<T> {
  return checkBody(schema, jsonOf(body, isBase64), checkMore);
}

/** JSON of a request's body, whatever it is. @throws RefusedError 400 */
export function jsonOf(body: string | null, isBase64: boolean): unknown {
  const text = body === null ? "" : isBase64 ? Buffer.from(body, "base64").toString("utf8") : body;
  if (text.trim() === "") throw new RefusedError(400, "The request has no body; a JSON object is needed");
  return parseJson(text);
}

/**
 * Checks JSON against a schema. @throws RefusedError 400 saying what is wrong and where.
 * @param checkMore called only when the schema finds faults, so that what lies beyond it is reported with them
 */
export function checkBody<T extends z.ZodType>(
  schema: T,
  json: unknown,
  checkMore: (json: unknown) => MoreFaults = () => ({ problems: [], errorUrls: [] }),
): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { problems, errorUrls } = checkMore(json);
  const { issues } = parsed.error;
  const told = issues.filter((issue) => untold(issue) === 0).map(describeIssue);
  const counted = issues.reduce((sum, issue) => sum + untold(issue), 0);
  throw new RefusedError(400, faultList([...told, ...problems], counted), errorUrls);
}

/** More by far than any body of ours needs. */
const MAX_DEPTH = 20;
const MAX_FIELDS = 10_000;

function parseJson(text: string): unknown {
  const { hasComments, depth, fields } = shapeOf(text);
  if (depth > MAX_DEPTH) throw new RefusedError(400, `The body is nested ${depth} levels deep; at most ${MAX_DEPTH}`);
  if (fields > MAX_FIELDS) throw new RefusedError(400, `The body has ${fields} fields; at most ${MAX_FIELDS}`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const hint = hasComments ? " (JSON has no comments: remove them)" : "";
    throw new RefusedError(400, `The body is not valid JSON: ${error instanceof Error ? error.message : error}${hint}`);
  }
}

/** How many faults an issue stands for that were counted, not put into words. */
function untold(issue: z.core.$ZodIssue): number {
  const more: unknown = issue.code === "custom" ? issue.params?.[MORE_FAULTS] : undefined;
  return typeof more === "number" ? more : 0;
}

/** One line a fault: the field as a path (`header[2]`), then what is wrong with it. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return path === "" ? issue.message : `${path.replace(/^\./, "")}: ${issue.message}`;
}
