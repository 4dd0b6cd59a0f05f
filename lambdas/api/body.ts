import type { z } from "zod";
import { RefusedError } from "./errors.ts";

/** JSON of a request's body. @throws RefusedError 400 saying what is wrong and where. */
export function parseBody<T extends z.ZodType>(schema: T, body: string | null, isBase64: boolean): z.infer<T> {
  const text = body === null ? "" : isBase64 ? Buffer.from(body, "base64").toString("utf8") : body;
  if (text.trim() === "") throw new RefusedError(400, "The request has no body; a JSON object is needed");
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw new RefusedError(400, parsed.error.issues.map(describeIssue).join("; "));
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const hint = /^\s*(\/\/|\/\*)|[,{[]\s*\/\/|[,{["\d]\s*\/\*/m.test(text)
      ? " (JSON has no comments: remove them)"
      : "";
    throw new RefusedError(400, `The body is not valid JSON: ${error instanceof Error ? error.message : error}${hint}`);
  }
}

/** One line a fault: the field as a path (`header[2]`), then what is wrong with it. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return path === "" ? issue.message : `${path.replace(/^\./, "")}: ${issue.message}`;
}
