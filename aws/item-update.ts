/**
 * An update that sets and removes attributes of an item, without its table and key.
 * @param condition under which it is done. @default always. It may name `#status`: `status` is a word of DynamoDB's own
 * @param values of the condition's placeholders
 */
export function itemUpdate(
  set: Readonly<Record<string, unknown>>,
  remove: readonly string[],
  condition = "",
  values: Readonly<Record<string, unknown>> = {},
) {
  const names = Object.keys(set);
  return {
    UpdateExpression:
      (names.length > 0 ? `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}` : "") +
      (remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : ""),
    ...(condition === "" ? {} : { ConditionExpression: condition }),
    ...unlessEmpty("ExpressionAttributeNames", {
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ...(condition.includes("#status") ? { "#status": "status" } : {}),
    }),
    ...unlessEmpty("ExpressionAttributeValues", {
      ...Object.fromEntries(Object.entries(set).map(([k, v]) => [`:${k}`, v])),
      ...values,
    }),
  };
}

/** DynamoDB refuses names or values that are given and empty. */
function unlessEmpty<K extends string, V extends object>(key: K, value: V): Partial<Record<K, V>> {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as Record<K, V>);
}
