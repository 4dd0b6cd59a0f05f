import { expect, test } from "vitest";
import { exitCodeOf } from "../../cli/exit-code.ts";
import type { Status } from "../../domain/request/lifecycle.ts";
import type { Verdict } from "../../domain/request/readiness-schema.ts";

type Lacking = NonNullable<Parameters<typeof exitCodeOf>[1]>;
const NOTHING: Lacking = { failure_pops: [], failure_urls: [], failure_urls_omitted: 0 };

test.each<[string, Status, number, Partial<Lacking>, number, (Verdict | undefined)?]>([
  ["downloaded and not verified", "FINISHED", 0, {}, 0, "not_verified"],
  ["not verified, and tasks failed", "FINISHED", 3, {}, 2, "not_verified"],
  ["not ready, whatever else is known", "FINISHED", 0, {}, 2, "not_ready"],
  ["all good", "FINISHED", 0, {}, 0],
  ["tasks failed", "FINISHED", 1, {}, 2],
  ["a POP did not resolve", "FINISHED", 0, { failure_pops: ["ICN51-C1"] }, 2],
  ["URLs could not be read, and have no room in the answer", "FINISHED", 0, { failure_urls_omitted: 1 }, 2],
  ["nothing could be warmed", "FAILED", 0, {}, 2],
  ["stopped, all good so far", "STOPPED", 0, {}, 3],
  ["time up", "TIMEOUT", 2, {}, 3],
])("%s", (_, status, failed_count, lacking, code, verdict) => {
  expect(exitCodeOf({ status, failed_count, verdict }, { ...NOTHING, ...lacking })).toBe(code);
});
