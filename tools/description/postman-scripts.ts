import type { JsonSchema } from "./schemas.ts";

/** What is only there to be read: a check has no use for it. */
const WORDS = ["description", "examples"];

/**
 * A schema with all that it names in it, and without words: Postman's own check knows no `components`.
 * @param schemas by their ids
 */
export function inlined(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const ref = schema["$ref"];
  const named = typeof ref === "string" ? schemas[ref.split("/").at(-1) ?? ""] : undefined;
  if (named !== undefined) return inlined(named, schemas);
  return Object.fromEntries(
    Object.entries(schema)
      // A property may be called so: its schema is no text.
      .filter(([name, value]) => !(WORDS.includes(name) && (typeof value === "string" || isExamples(name, value))))
      .map(([name, value]) => [name, inlinedValue(value, schemas)]),
  );
}

function isExamples(name: string, value: unknown): boolean {
  return name === "examples" && Array.isArray(value);
}

function inlinedValue(value: unknown, schemas: Readonly<Record<string, JsonSchema>>): unknown {
  if (Array.isArray(value)) return value.map((it) => inlinedValue(it, schemas));
  return isSchema(value) ? inlined(value, schemas) : value;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null;
}

/**
 * The test script of a call, a line an entry.
 * @param schemas of its answer, by each status that it may have
 */
export function testScript(schemas: Readonly<Record<number, JsonSchema>>, more: readonly string[] = []): string[] {
  const statuses = Object.keys(schemas).map(Number);
  return [
    `const schemas = ${JSON.stringify(schemas)};`,
    "const body = pm.response.json();",
    `pm.test("HTTP ${statuses.join(" or ")}", () => pm.expect(pm.response.code).to.be.oneOf(${JSON.stringify(statuses)}));`,
    'pm.test("the body is as described", () => pm.response.to.have.jsonSchema(schemas[pm.response.code]));',
    ...more,
  ];
}
