import * as z from "zod";
import { nearestName } from "./nearest-name.ts";

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
