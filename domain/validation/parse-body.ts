import * as z from "zod";
import { nearestName } from "../nearest-name.ts";
import { faultList, RefusedError } from "./refused-error.ts";

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

/** What a text that should be JSON has outside of its strings. */
export interface JsonShape {
  readonly hasComments: boolean;
  /** How deep its lists and objects are nested. */
  readonly depth: number;
  /** How many fields all its objects have together. */
  readonly fields: number;
}

/**
 * Looks at each character once, and keeps nothing: what is too deep or too wide is refused before the parser makes
 * objects of it, which take up to sixty times the room of the text. A regular expression that skips strings would go
 * through the rest of the text again for each quote that nobody closes.
 */
export function shapeOf(text: string): JsonShape {
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

/** A body may have a million fields; an answer has room for some of them. */
const MAX_NAMED = 20;

/** A JSON object with these fields and no others: one that is spelt wrong would be ignored, and another default taken. */
export function bodyOf<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? unknownFields(issue.keys, known) : "must be a JSON object"),
  });
}

/** A field that may be left out; `null` leaves it out too. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A number that must be there. @param range what it may be, in words: `whole minutes from 1 to 9` */
export function requiredInt(range: string) {
  return z.int({ error: ({ input }) => wrong(input, "number", `a number, ${range}`, range) });
}

/** What is wrong with a list that must be there. @param what its entries, in words */
export function requiredList(what: string): z.core.$ZodErrorMap {
  return ({ input }) => wrong(input, "list", `a list of ${what}`, `a list of ${what}`);
}

function wrong(input: unknown, wanted: string, wantedInWords: string, range: string): string {
  const kind = kindOf(input);
  if (kind === "nothing") return `is required: ${range}`;
  return kind === wanted
    ? `must be ${range}`
    : `must be ${wantedInWords}, not ${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

function kindOf(input: unknown): string {
  if (input === undefined || input === null) return "nothing";
  return Array.isArray(input) ? "list" : typeof input;
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

/** A list may have a million wrong entries. So many are told, the others counted, and the next fields have room. */
const MAX_TOLD = 20;

/** Parameter of an issue that stands for so many faults, which were counted and not put into words. */
export const MORE_FAULTS = "more_faults";

export interface ListWords {
  /** What the list must be: `a list of strings`. */
  readonly list: string;
  /** What an entry must be: `a string`. */
  readonly entry: string;
  /** What the entries are: `URLs`. */
  readonly entries: string;
  /** How many different ones there may be. */
  readonly most: number;
}

/** The different strings of a list in their order, up to one more than `most`: what lies beyond is not looked at. */
export function differentStrings(list: readonly unknown[], most: number): Set<string> {
  const different = new Set<string>();
  for (const entry of list) {
    if (typeof entry === "string") different.add(entry);
    if (different.size > most) break;
  }
  return different;
}

/**
 * A list of strings, each kept once. Everything here is one pass: a schema of the entries would make an object for each
 * fault, and 3 million faults fit into a body.
 */
export function differentStringsOf(words: ListWords, error?: z.core.$ZodErrorMap) {
  return (
    z
      .array(z.unknown(), { error: error ?? (() => `must be ${words.list}`) })
      // For the description: nobody checks the entries one by one.
      .meta({ items: { type: "string" } })
      .transform((list, context): string[] => {
        tellWrongEntries(list, words.entry, context);
        const different = differentStrings(list, words.most);
        if (different.size > words.most) {
          context.addIssue(
            `has ${list.length} entries, more than ${words.most} of them different; at most ${words.most} ${words.entries} in one request`,
          );
        }
        return [...different];
      })
  );
}

function tellWrongEntries(list: readonly unknown[], entry: string, context: z.core.$RefinementCtx): void {
  let wrong = 0;
  list.forEach((it, i) => {
    if (typeof it !== "string" && wrong++ < MAX_TOLD)
      context.addIssue({ code: "custom", message: `must be ${entry}`, path: [i] });
  });
  if (wrong > MAX_TOLD) context.addIssue({ code: "custom", message: "", params: { [MORE_FAULTS]: wrong - MAX_TOLD } });
}
