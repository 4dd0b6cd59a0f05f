const HASH = "[0-9A-F]{8}";
const STREAM = new RegExp(`^(\\w+?)DynamoDBEventSource\\w*Storage([A-Za-z]+?)${HASH}${HASH}$`);

/** A logical id as people say it: `Task (RequestPop)` for a stream's mapping, `DeadLetters` for a queue. */
export function shortName(logicalId: string): string {
  const name = logicalId.replace(/^Prewarm(Pipeline|TaskQueue|Storage|Monitoring|Fleet)?/, "");
  const [, fn, table] = STREAM.exec(name) ?? [];
  return fn === undefined ? name.replace(new RegExp(`${HASH}$`), "") : `${fn} (${table})`;
}
