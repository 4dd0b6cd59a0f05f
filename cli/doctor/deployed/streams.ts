import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { resourcesOf, type Template } from "../account/template.ts";
import { cannotTell, fail, type Judgement, ok, warn } from "../check/check.ts";

/** A mapping under its id in the stack. */
export interface EventSource {
  readonly logicalId: string;
  readonly mapping: EventSourceMappingConfiguration;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function judgeEnabled(sources: readonly EventSource[]): Judgement {
  if (sources.length === 0) return fail("the stack has no event source mapping", "deploy the stack again");
  const states = sources.map(({ logicalId, mapping }) => ({ logicalId, state: mapping.State ?? "unknown" }));
  const words = (it: typeof states) =>
    it.map(({ logicalId, state }) => `${shortName(logicalId)} is ${state}`).join("; ");
  const off = states.filter(({ state }) => /^(Disabl|Delet)/.test(state));
  if (off.length > 0) return fail(words(off), "aws lambda update-event-source-mapping --enabled --uuid …");
  const unknown = states.filter(({ state }) => state === "unknown");
  if (unknown.length > 0) return cannotTell(words(unknown), "check the triggers of the function in the Lambda console");
  const changing = states.filter(({ state }) => state !== "Enabled");
  if (changing.length > 0) return warn(words(changing), "run this again in a minute");
  return ok(`all ${states.length} event source mappings are enabled`);
}

/**
 * What came of the last batch. A failure stays until the next batch goes well, so an old one of a quiet stream shows too.
 * AWS lists no values; its guides show `No records processed`, `OK` and `PROBLEM: Function call failed`
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html). What is none of them is not judged.
 */
export function judgeLastResults(sources: readonly EventSource[]): Judgement {
  const results = sources.map(({ logicalId, mapping }) => ({ logicalId, last: mapping.LastProcessingResult }));
  const bad = results.filter(({ last = "" }) => /^PROBLEM|error|fail/i.test(last));
  if (bad.length > 0) {
    const says = bad.map(({ logicalId, last }) => `${shortName(logicalId)}: ${last}`).join("; ");
    return fail(says, "read the log of the function");
  }
  const untold = results.filter(({ last = "" }) => !/^OK\b/.test(last));
  if (untold.length === 0 && results.length > 0)
    return ok(`the last batch of all ${results.length} event source mappings succeeded`);
  const says = `${untold.length} of ${results.length} event source mappings report no processed batch yet`;
  return cannotTell(says, "start a request, then run this again");
}

/** Whether the streams filter as the template says. A filter that somebody changed by hand loses records in silence. */
export function judgeFilters(template: Template, sources: readonly EventSource[]): Judgement {
  const wanted = resourcesOf(template, "AWS::Lambda::EventSourceMapping");
  const missing = wanted.filter(([id]) => !sources.some(({ logicalId }) => logicalId === id)).map(([id]) => id);
  if (missing.length > 0)
    return cannotTell(`${missing.map(shortName).join(", ")} could not be read`, "check the resources of the stack");
  const odd = wanted.filter(([id, properties]) => {
    const actual = sources.find(({ logicalId }) => logicalId === id)?.mapping.FilterCriteria;
    return patterns(actual) !== patterns(properties["FilterCriteria"]);
  });
  if (odd.length > 0) {
    const says = `${odd.map(([id]) => shortName(id)).join(", ")}: the filter differs from the template`;
    return fail(
      says,
      "find the change with `aws cloudformation detect-stack-drift`, then restore the filter or deploy again",
    );
  }
  return ok(`the filters of all ${wanted.length} event source mappings match the template`);
}

/** The patterns whatever their order, and whatever their spaces and the order of their keys. */
function patterns(criteria: unknown): string {
  if (typeof criteria !== "object" || criteria === null || !("Filters" in criteria)) return "[]";
  if (!Array.isArray(criteria.Filters)) return "[]";
  const found = criteria.Filters.map((filter: unknown) =>
    typeof filter === "object" && filter !== null && "Pattern" in filter ? canonical(filter.Pattern) : "?",
  );
  return JSON.stringify(found.sort());
}

function canonical(pattern: unknown): string {
  try {
    return JSON.stringify(sorted(JSON.parse(String(pattern))));
  } catch {
    return String(pattern);
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}

const HASH = "[0-9A-F]{8}";
const STREAM = new RegExp(`^(\\w+?)DynamoDBEventSource\\w*Storage([A-Za-z]+?)${HASH}${HASH}$`);

/** A logical id as people say it: `Task (RequestPop)` for a stream's mapping, `DeadLetters` for a queue. */
export function shortName(logicalId: string): string {
  const name = logicalId.replace(/^Prewarm(Pipeline|TaskQueue|Storage|Monitoring|Fleet)?/, "");
  const [, fn, table] = STREAM.exec(name) ?? [];
  return fn === undefined ? name.replace(new RegExp(`${HASH}$`), "") : `${fn} (${table})`;
}
