import * as z from "zod";
import { firstOf, MAX_NAMED } from "../collections.ts";
import { nearestName } from "../nearest-name.ts";
import { cutText } from "../result/failure.ts";
import { ApiError, faultList, quoted } from "./api-error.ts";

/** What an issue has of a list of URLs: those that are bad. */
const badUrlsSchema = z.array(z.string()).catch([]);

/** Checks JSON against a schema. @throws ApiError 400 saying what is wrong and where. */
export function checkBody<T extends z.ZodType>(schema: T, json: unknown): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { problems, urls } = faultsOf(parsed.error.issues);
  throw new ApiError(400, faultList(problems), urls);
}

/** @returns what is wrong, a line a fault; the URLs that are; and the fields that have faults */
export function faultsOf(issues: readonly z.core.$ZodIssue[]) {
  return {
    problems: issues.map(describeIssue),
    urls: issues.flatMap((issue) => (issue.code === "custom" ? badUrlsSchema.parse(issue.params?.["urls"]) : [])),
    fields: new Set(issues.map(({ path }) => path[0])),
  };
}

/** One line a fault: the field as a path (`header[2]`), then what is wrong with it. */
function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const field = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return field === "" ? message : `${field.replace(/^\./, "")}: ${message}`;
}

/** Far more than any body of this API needs. */
export const MAX_DEPTH = 20;
export const MAX_FIELDS = 10_000;

/** JSON of a request's body, whatever it is. @throws ApiError 400 */
export function parseJson(body: string | null, isBase64: boolean): unknown {
  const text = isBase64 ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? "");
  if (text.trim() === "") throw new ApiError(400, "The request has no body; a JSON object is required");
  const { hasComments, depth, fields } = shapeOf(text);
  if (depth > MAX_DEPTH) throw new ApiError(400, `The body is nested ${depth} levels deep; at most ${MAX_DEPTH}`);
  if (fields > MAX_FIELDS) throw new ApiError(400, `The body has ${fields} fields; at most ${MAX_FIELDS}`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const hint = hasComments ? " (JSON has no comments: remove them)" : "";
    throw new ApiError(400, `The body is not valid JSON: ${error instanceof Error ? error.message : error}${hint}`);
  }
}

/** The fields of a body that may have faults; none if it is not an object. */
export function fieldsOf(json: unknown): [name: string, value: unknown][] {
  return Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(json));
}

/**
 * What a text that should be JSON has outside of its strings: comments, how deep its lists and objects are nested, and how many fields
 * all objects have together. Reads each character once, and keeps nothing: a text that is too deep or too wide is rejected before the
 * parser creates objects, which take up to sixty times the memory of the text. A regular expression that skips strings would go
 * through the rest of the text again for each quote without a closing one.
 */
function shapeOf(text: string) {
  let [hasComments, inString, open, depth, fields] = [false, false, 0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      // JSON has no line breaks in strings, so a quote that is not closed ends with its line.
      else if (character === '"' || character === "\n") inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") depth = Math.max(depth, ++open);
    else if (character === "]" || character === "}") open--;
    else if (character === ":") fields++;
    else if (character === "/" && (text[i + 1] === "/" || text[i + 1] === "*")) hasComments = true;
  }
  return { hasComments, depth, fields };
}

/** Names of fields that a body had earlier, each with the error that names its replacement. */
export type RemovedFields = Readonly<Record<string, string>>;

/** A JSON object with these fields and no others: one that is spelt wrong would be ignored, and another default taken. */
export function bodyOf<T extends z.core.$ZodLooseShape>(shape: T, removed: RemovedFields = {}) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return "must be a JSON object";
      const unknown = issue.keys.filter((name) => !Object.hasOwn(removed, name));
      const errors = issue.keys.flatMap((name) => (Object.hasOwn(removed, name) ? (removed[name] ?? []) : []));
      return [...errors, ...(unknown.length === 0 ? [] : [unknownFields(unknown, known)])].join("; ");
    },
  });
}

function unknownFields(names: readonly string[], known: readonly string[]): string {
  const unknown = firstOf(names, MAX_NAMED, (name) => {
    const near = nearestName(name, known);
    return quoted(name) + (near === undefined ? "" : ` (did you mean ${near}?)`);
  });
  return `unknown ${names.length === 1 ? "field" : "fields"} ${unknown}; the fields are ${known.join(", ")}`;
}

/** A field that may be left out; `null` leaves it out too. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A whole number that must be there. @param range what it may be, in words: `whole minutes from 1 to 9` */
export function int(range: string, min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .int({ error: required(range) })
    .min(min, `must be ${range}`)
    .max(max, `must be ${range}`);
}

/** What is wrong with a field that must be there. @param range what it may be, in words */
export function required(range: string): z.core.$ZodErrorMap {
  return ({ input }) =>
    input === undefined || input === null
      ? `is required: ${range}`
      : `must be ${range}, not ${cutText(JSON.stringify(input), 100)}`;
}

/**
 * A list of strings, each kept once. Everything here is one pass: a schema of the entries would make an object for each
 * fault, and 3 million faults fit into a body.
 * @param entries what they are, in words: `URLs`
 * @param max how many different ones there may be. Where there are more, none is looked at
 * @param check makes of the different strings what the field has. @default what they are
 */
export function distinctStrings(
  entries: string,
  max: number,
  error: z.core.$ZodErrorMap,
  check: (strings: readonly string[], context: z.RefinementCtx) => string[] = (strings) => [...strings],
) {
  return (
    z
      .array(z.unknown(), { error })
      // For the description of the API: the entries are checked below, not by a schema.
      .meta({ items: { type: "string" } })
      .transform((list, context): string[] => {
        const distinct = new Set<string>();
        let wrong = 0;
        for (const [i, entry] of list.entries()) {
          if (typeof entry === "string") distinct.add(entry);
          else if (wrong++ < MAX_NAMED) context.addIssue({ code: "custom", message: "must be a string", path: [i] });
          if (distinct.size > max) break;
        }
        if (wrong > MAX_NAMED) context.addIssue(`has ${wrong - MAX_NAMED} more entries that must be strings`);
        if (distinct.size <= max) return check([...distinct], context);
        context.addIssue(`has ${list.length} entries; a request can have at most ${max} different ${entries}`);
        return [];
      })
  );
}
