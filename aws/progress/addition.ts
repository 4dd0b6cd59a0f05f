/** Counters by their attributes' names: by how much each grows, or what a set gets. */
export type Counters = Readonly<Record<string, number | ReadonlySet<number>>>;

/**
 * An update that adds to counters, without its table. Those that stay as they are stand in nobody's way.
 * @param expireAt TTL, seconds since the epoch
 * @param examples of what came uncompressed; the first that are kept stay. @default none
 */
export function additionTo(
  key: string,
  part: string,
  counters: Counters,
  expireAt: number,
  examples: readonly string[] = [],
) {
  const set = examples.length === 0 ? "" : ", uncompressed = if_not_exists(uncompressed, :examples)";
  const changes = Object.entries(counters).filter(([, by]) => by !== 0);
  const adds = changes.map((_, i) => `#c${i} :c${i}`).join(", ");
  return {
    Key: { key, part },
    UpdateExpression: `SET expire_at = :expire${set}${adds === "" ? "" : ` ADD ${adds}`}`,
    ...(adds === ""
      ? {}
      : { ExpressionAttributeNames: Object.fromEntries(changes.map(([name], i) => [`#c${i}`, name])) }),
    ExpressionAttributeValues: {
      ":expire": expireAt,
      ...(set === "" ? {} : { ":examples": examples }),
      ...Object.fromEntries(changes.map(([, by], i) => [`:c${i}`, by])),
    },
  };
}
