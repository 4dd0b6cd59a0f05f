import * as z from "zod";

/**
 * A batch from a table's stream, of which only the keys are read: the table is the truth, a record may be late or come
 * twice, so a step reads the item again.
 */
export const streamKeysSchema = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ Keys: z.record(z.string(), z.object({ S: z.string() })) }) })),
});

/** The keys of a batch, each once, in order. */
export function keysOf(event: z.infer<typeof streamKeysSchema>): Record<string, string>[] {
  const keys = event.Records.map(({ dynamodb }) =>
    Object.fromEntries(Object.entries(dynamodb.Keys).map(([name, value]) => [name, value.S])),
  );
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}
