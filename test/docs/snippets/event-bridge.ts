// Provides what EventBridge does with an event, as far as the documents' rules need it.
import * as z from "zod";

const objectSchema = z.record(z.string(), z.unknown());
const matcherSchema = z.union([
  z.strictObject({ prefix: z.string() }).transform(
    ({ prefix }) =>
      (it: unknown) =>
        String(it).startsWith(prefix),
  ),
  z.strictObject({ exists: z.boolean() }).transform(
    ({ exists }) =>
      (it: unknown) =>
        (it !== undefined) === exists,
  ),
  // What is absent is not matched.
  z
    .strictObject({ "anything-but": z.array(z.string()) })
    .transform((no) => (it: unknown) => typeof it === "string" && !no["anything-but"].includes(it)),
]);

/** What stands at a path of an object, such as `detail.status` or `source.0`. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((it, key) => {
    if (Array.isArray(it)) return it[Number(key)];
    return objectSchema.safeParse(it).data?.[key];
  }, value);
}

/** Whether a pattern matches. @throws Error for a matcher that none of the rules has */
export function matches(pattern: Readonly<Record<string, unknown>>, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const value = at(event, key);
    return Array.isArray(wanted) ? wanted.some((it) => isLike(it, value)) : matches(objectSchema.parse(wanted), value);
  });
}

function isLike(wanted: unknown, value: unknown): boolean {
  return typeof wanted === "string" ? value === wanted : matcherSchema.parse(wanted)(value);
}

/** A transformer's template with the values of an event, which EventBridge escapes. @throws Error for a path that is not there */
export function filled(template: string, paths: Readonly<Record<string, string>>, event: unknown): unknown {
  const text = template.replaceAll(/<([\w-]+)>/g, (_, name: string) => {
    const path = paths[name]?.replace(/^\$\./, "");
    const value = path === undefined ? undefined : at(event, path);
    if (typeof value !== "string") throw new Error(`no text at ${path} of the event, for <${name}>`);
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(text);
}

/** The different paths that follow a word in the expressions of a state machine. */
export function pathsOf(definition: string, word: string): string[] {
  const found = definition.split(word).slice(1);
  return [...new Set(found.map((it) => /^[\w.]+/.exec(it)?.[0] ?? ""))].toSorted();
}
