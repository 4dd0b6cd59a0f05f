import * as z from "zod";
// Each registers its schemas under their ids.
import "../../domain/api/answers.ts";
import "../../domain/validation/bodies.ts";
import "./bodies.ts";

/** A JSON schema, as it is written into the description. */
export type JsonSchema = { readonly [field: string]: unknown };

/** Every schema with an id, as JSON schemas that name each other by `#/components/schemas/<id>`. */
export function componentSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    uri: refTo,
    // What a caller may send. Answers are the same both ways, and may have new fields in a later release.
    io: "input",
    override: ({ jsonSchema }) => {
      // Every whole number of zod has this bound; it says nothing.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const entries = Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where a schema with an id stands in the description. */
export function refTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/** The id of a schema. @throws Error for one without */
export function idOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new Error("A schema of the description has no id");
  return id;
}

/** The first example of a schema. @throws Error for one without */
export function exampleOf(schema: z.ZodType): object {
  return z.tuple([z.looseObject({})], z.unknown()).parse(schema.meta()?.["examples"])[0];
}
