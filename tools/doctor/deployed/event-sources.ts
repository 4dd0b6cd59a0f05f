import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { cannotTell, fail, type Judgement, ok, warn } from "../judgement.ts";
import { shortName } from "./short-name.ts";

/** A mapping under its id in the stack. */
export interface EventSource {
  readonly logicalId: string;
  readonly mapping: EventSourceMappingConfiguration;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function judgeEnabled(sources: readonly EventSource[]): Judgement {
  if (sources.length === 0) return fail("no stream calls any function", "deploy the stack again");
  const states = sources.map(({ logicalId, mapping }) => ({ logicalId, state: mapping.State ?? "unknown" }));
  const words = (it: typeof states) =>
    it.map(({ logicalId, state }) => `${shortName(logicalId)} is ${state}`).join("; ");
  const off = states.filter(({ state }) => /^(Disabl|Delet)/.test(state));
  if (off.length > 0) return fail(words(off), "aws lambda update-event-source-mapping --enabled --uuid …");
  const unknown = states.filter(({ state }) => state === "unknown");
  if (unknown.length > 0) return cannotTell(words(unknown), "look at the function's triggers in the console");
  const changing = states.filter(({ state }) => state !== "Enabled");
  if (changing.length > 0) return warn(words(changing), "ask again in a minute");
  return ok(`all ${states.length} streams call their functions`);
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
    return fail(says, "read that function's log");
  }
  const untold = results.filter(({ last = "" }) => !/^OK\b/.test(last));
  if (untold.length === 0 && results.length > 0) return ok(`the last batch of all ${results.length} streams went well`);
  const says = `${untold.length} of ${results.length} streams have handled no record yet, as far as they say`;
  return cannotTell(says, "start a request, or run --smoke, then ask again");
}
