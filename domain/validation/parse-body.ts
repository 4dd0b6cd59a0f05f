import * as z from "zod";
import { nearestName } from "../nearest-name.ts";
import { ApiError, faultList } from "./api-error.ts";

/** Faults that a schema does not see. */
export interface MoreFaults {
  readonly problems: readonly string[];
  readonly errorUrls: readonly string[];
}

/**
 * Checks JSON against a schema. @throws ApiError 400 saying what is wrong and where.
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
  throw new ApiError(400, faultList([...parsed.error.issues.map(describeIssue), ...problems]), errorUrls);
}

/** One line a fault: the field as a path (`header[2]`), then what is wrong with it. */
function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const field = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return field === "" ? message : `${field.replace(/^\./, "")}: ${message}`;
}

/** More by far than any body of ours needs. */
const MAX_DEPTH = 20;
const MAX_FIELDS = 10_000;

/** JSON of a request's body, whatever it is. @throws ApiError 400 */
export function parseJson(body: string | null, isBase64: boolean): unknown {
  const text = isBase64 ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? "");
  if (text.trim() === "") throw new ApiError(400, "The request has no body; a JSON object is needed");
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

/**
 * What a text that should be JSON has outside of its strings: comments, how deep its lists and objects are nested, and how many fields
 * all objects have together. Looks at each character once, and keeps nothing: what is too deep or too wide is refused before the
 * parser makes objects of it, which take up to sixty times the room of the text. A regular expression that skips strings would go
 * through the rest of the text again for each quote that nobody closes.
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

/** A body may have a million unknown fields or wrong entries of a list. So many are named, so that the other fields have room. */
const MAX_NAMED = 20;

/** A JSON object with these fields and no others: one that is spelt wrong would be ignored, and another default taken. */
export function bodyOf<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? unknownFields(issue.keys, known) : "must be a JSON object"),
  });
}

function unknownFields(names: readonly string[], known: readonly string[]): string {
  const told = names.slice(0, MAX_NAMED).map((name) => {
    const near = nearestName(name, known);
    const short = name.length > 50 ? `${name.slice(0, 47)}...` : name;
    return near === undefined ? `'${short}'` : `'${short}' (did you mean ${near}?)`;
  });
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return `unknown ${names.length === 1 ? "field" : "fields"} ${told.join(", ")}${more}; the fields are ${known.join(", ")}`;
}

/** A field that may be left out; `null` leaves it out too. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A whole number that must be there. @param range what it may be, in words: `whole minutes from 1 to 9` */
export function int(range: string, min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .int({ error: required("number", range) })
    .min(min, `must be ${range}`)
    .max(max, `must be ${range}`);
}

/** What is wrong with a field that must be there. @param range what it may be, in words */
export function required(wanted: "number" | "list", range: string): z.core.$ZodErrorMap {
  return ({ input }) => {
    if (input === undefined || input === null) return `is required: ${range}`;
    const kind = Array.isArray(input) ? "list" : typeof input;
    if (kind === wanted) return `must be ${range}`;
    const article = /^[aeiou]/.test(kind) ? "an" : "a";
    return `must be ${wanted === "number" ? "a number, " : ""}${range}, not ${article} ${kind}`;
  };
}

/** The different strings of a list in their order, up to one more than `max`: what lies beyond is not looked at. */
export function differentStrings(list: readonly unknown[], max: number): Set<string> {
  const different = new Set<string>();
  for (const entry of list) {
    if (typeof entry === "string") different.add(entry);
    if (different.size > max) break;
  }
  return different;
}

/**
 * A list of strings, each kept once. Everything here is one pass: a schema of the entries would make an object for each
 * fault, and 3 million faults fit into a body.
 * @param entries what they are, in words: `URLs`
 * @param max how many different ones there may be
 */
export function differentStringsOf(entries: string, max: number, error: z.core.$ZodErrorMap) {
  return (
    z
      .array(z.unknown(), { error })
      // For the description: nobody checks the entries one by one.
      .meta({ items: { type: "string" } })
      .transform((list, context): string[] => {
        let wrong = 0;
        list.forEach((it, i) => {
          if (typeof it !== "string" && wrong++ < MAX_NAMED)
            context.addIssue({ code: "custom", message: "must be a string", path: [i] });
        });
        if (wrong > MAX_NAMED) context.addIssue(`has ${wrong - MAX_NAMED} more entries that must be strings`);
        const different = differentStrings(list, max);
        if (different.size > max) {
          context.addIssue(
            `has ${list.length} entries, more than ${max} of them different; at most ${max} ${entries} in one request`,
          );
        }
        return [...different];
      })
  );
}
