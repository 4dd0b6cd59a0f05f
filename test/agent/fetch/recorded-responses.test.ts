// The agent against recorded responses of CloudFront (test/recorded/README.md).
import { readFileSync } from "node:fs";
import { parseHead } from "../../../agent/fetch/http/response-head.ts";
import { ResponseReader } from "../../../agent/fetch/http/response-reader.ts";
import { tierOf } from "../../../domain/result/outcome.ts";
import { cacheStatusOf } from "../../../domain/result/proof.ts";

interface Recorded {
  readonly id: string;
  readonly sequence?: { readonly nth_request: number };
  /** Null where the source has none. */
  readonly status: number | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const RECORDED: readonly Recorded[] = readFileSync("test/recorded/cloudfront-responses.jsonl", "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

/** A head as HTTP/1.1 has it. Developer tools join repeated headers by a line feed. */
function headOf({ status, headers }: Recorded): string {
  const lines = headers.flatMap(([name, value]) => value.split("\n").map((one) => `${name}: ${one}`));
  return [`HTTP/1.1 ${status ?? 200}`, ...lines].join("\r\n");
}

const valuesOf = ({ headers }: Recorded, wanted: string) =>
  headers.filter(([name]) => name.toLowerCase() === wanted).flatMap(([, value]) => value.split(/\n|,\s*/));

const ANSWERS = RECORDED.map((recorded) => ({ recorded, answer: parseHead(headOf(recorded)).answer }));

test("all are read, and the values of x-cache are known", () => {
  expect(ANSWERS.length).toBe(198);
  const statuses = ANSWERS.map(({ recorded, answer }) => ({ id: recorded.id, cache: cacheStatusOf(answer.xCache) }));
  expect(statuses.filter(({ cache }) => cache === "OTHER")).toEqual([]);
  const counts = new Map<string, number>();
  for (const { cache = "none" } of statuses) counts.set(cache, (counts.get(cache) ?? 0) + 1);
  // As the README of the recordings counts them.
  expect(Object.fromEntries(counts)).toEqual({
    HIT: 97,
    MISS: 76,
    ERROR: 8,
    REFRESH_HIT: 5,
    REDIRECT: 3,
    GENERATED: 4,
    none: 5,
  });
});

test("the POP is the last one that a response names, and its answer counts for it", () => {
  for (const { recorded, answer } of ANSWERS) {
    const pops = valuesOf(recorded, "x-amz-cf-pop");
    const pop = pops.at(-1);
    expect(answer.xAmzCfPop, recorded.id).toBe(pop);
    const reader = new ResponseReader({ onBytes: () => undefined, pop });
    const head = Buffer.from(`${headOf(recorded)}\r\n\r\n`, "latin1");
    reader.read(head, head.length);
    expect([reader.hasHead, reader.answer.failure], recorded.id).toEqual([true, undefined]);
    // One source has a code without its end.
    if (pop !== undefined) expect(pop, recorded.id).toMatch(/^[A-Z]{3}\d{1,3}(?:-[A-Z]\d{1,2})?$/);
  }
  const two = ANSWERS.filter(({ recorded }) => valuesOf(recorded, "x-amz-cf-pop").length > 1);
  expect(two.length).toBeGreaterThan(0);
});

test("of the recorded series, the first GET is a miss, the second a hit of the REC, and the third one of the edge", () => {
  const tiers = (nth: number) =>
    ANSWERS.filter(({ recorded }) => recorded.sequence?.nth_request === nth).map(({ answer }) =>
      [cacheStatusOf(answer.xCache), tierOf(answer.serverTiming)].join(" "),
    );
  expect(tiers(1).length).toBeGreaterThan(0);
  expect([1, 2, 3].map((nth) => [...new Set(tiers(nth))])).toEqual([["MISS "], ["HIT REC"], ["HIT EDGE"]]);
});
