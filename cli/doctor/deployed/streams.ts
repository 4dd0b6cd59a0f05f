import { cannotTell, fail, type Judgement, ok, warn } from "../check/check.ts";

/** State of an event source mapping, with its id in the stack. */
export interface EventSource {
  readonly logicalId: string;
  readonly state: string;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function judgeEnabled(sources: readonly EventSource[]): Judgement {
  if (sources.length === 0) return fail("the stack has no event source mapping", "deploy the stack again");
  const words = (it: readonly EventSource[]) =>
    it.map(({ logicalId, state }) => `${shortName(logicalId)} is ${state}`).join("; ");
  const off = sources.filter(({ state }) => /^(Disabl|Delet)/.test(state));
  if (off.length > 0) return fail(words(off), "aws lambda update-event-source-mapping --enabled --uuid …");
  const unknown = sources.filter(({ state }) => state === "unknown");
  if (unknown.length > 0) return cannotTell(words(unknown), "check the triggers of the function in the Lambda console");
  const changing = sources.filter(({ state }) => state !== "Enabled");
  if (changing.length > 0) return warn(words(changing), "run this again in a minute");
  return ok(`all ${sources.length} event source mappings are enabled`);
}

const HASH = "[0-9A-F]{8}";
const STREAM = new RegExp(`^(\\w+?)DynamoDBEventSource\\w*Storage([A-Za-z]+?)${HASH}${HASH}$`);

/** A logical id as people say it: `Task (RequestPop)` for a stream's mapping, `DeadLetters` for a queue. */
export function shortName(logicalId: string): string {
  const name = logicalId.replace(/^Prewarm(Pipeline|TaskQueue|Storage|Monitoring|Fleet)?/, "");
  const [, fn, table] = STREAM.exec(name) ?? [];
  return fn === undefined ? name.replace(new RegExp(`${HASH}$`), "") : `${fn} (${table})`;
}
