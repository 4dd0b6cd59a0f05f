import type { z } from "zod";
import { RefusedError } from "./refused-error.ts";

/** Faults that a schema does not see. */
export interface MoreFaults {
  readonly problems: readonly string[];
  readonly errorUrls: readonly string[];
}

/**
 * JSON of a request's body. @throws RefusedError 400 saying what is wrong and where.
 * @param checkMore called only when the schema finds faults, so that what lies beyond it is reported with them
 */
export function parseBody<T extends z.ZodType>(
  schema: T,
  body: string | null,
  isBase64: boolean,
  checkMore: (json: unknown) => MoreFaults = () => ({ problems: [], errorUrls: [] }),
): z.infer<T> {
  const text = body === null ? "" : isBase64 ? Buffer.from(body, "base64").toString("utf8") : body;
  if (text.trim() === "") throw new RefusedError(400, "The request has no body; a JSON object is needed");
  const json = parseJson(text);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { problems, errorUrls } = checkMore(json);
  throw new RefusedError(400, [...describeIssues(parsed.error.issues), ...problems].join("; "), errorUrls);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const hint = hasComments(text) ? " (JSON has no comments: remove them)" : "";
    throw new RefusedError(400, `The body is not valid JSON: ${error instanceof Error ? error.message : error}${hint}`);
  }
}

/** A list may have a million wrong items: each told of would make an answer many times as long as the body. */
const MAX_ISSUES = 50;

function describeIssues(issues: readonly z.core.$ZodIssue[]): string[] {
  const told = issues.slice(0, MAX_ISSUES).map(describeIssue);
  return issues.length > MAX_ISSUES ? [...told, `and ${issues.length - MAX_ISSUES} more faults like these`] : told;
}

/** One line a fault: the field as a path (`header[2]`), then what is wrong with it. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return path === "" ? issue.message : `${path.replace(/^\./, "")}: ${issue.message}`;
}

function hasComments(text: string): boolean {
  const withoutStrings = text.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""');
  return /\/\/|\/\*/.test(withoutStrings);
}
