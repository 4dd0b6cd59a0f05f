import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHeadAnswer, readRangeAnswer, readResponse } from "../../../probe/size/size-answer.ts";

const headers = fc.dictionary(
  fc.constantFrom(
    "content-length",
    "content-range",
    "location",
    "x-cache",
    "cache-control",
    "vary",
    "x-amzn-waf-action",
  ),
  fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom("bytes 0-0/9", "bytes */9"), fc.array(fc.string())),
);
const status = fc.integer({ min: 100, max: 999 });

describe("a generated response", () => {
  it.each([
    ["a HEAD", readHeadAnswer],
    ["a GET of one byte", readRangeAnswer],
  ])("to %s yields a size, a problem or a further request", (_, read) => {
    fc.assert(
      fc.property(status, headers, (code, given) => {
        const answer = read(readResponse(code, given));
        if ("size" in answer)
          expect(answer.size === null || (Number.isSafeInteger(answer.size) && answer.size >= 0)).toBe(true);
        else if ("problem" in answer) expect(answer.problem).toMatch(/^(HTTP \d+|WAF_\w+: )/);
        else expect(answer).toEqual({ ask: "range" });
        // Only a successful response has a size: the length of an error page is not the object's.
        if ("size" in answer) expect([2, 4]).toContain(Math.floor(code / 100));
      }),
      { numRuns: 2_000 },
    );
  });
});
