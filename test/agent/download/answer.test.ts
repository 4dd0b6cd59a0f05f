import { expect, test } from "vitest";
import { type Answer, judge } from "../../../agent/download/answer.ts";

const WHOLE = { bytes: 10, httpStatus: 200, contentLength: 10, xAmzCfPop: "SIN2-P1" };
const CUT = { failure: "CLOSED: the other side closed the connection" };

const cases: readonly [name: string, answer: Partial<Answer>, kind: "GOOD" | "RETRY" | "FINAL", error?: string][] = [
  ["a whole body", {}, "GOOD"],
  ["an empty one", { bytes: 0, contentLength: 0 }, "GOOD"],
  ["any 2xx", { httpStatus: 299 }, "GOOD"],
  ["fewer bytes than promised", { bytes: 9 }, "RETRY", "9 of 10 bytes arrived"],
  ["more bytes than promised", { bytes: 11 }, "RETRY", "11 of 10 bytes arrived"],
  ["nothing of what was promised", { bytes: 0 }, "RETRY", "0 of 10 bytes arrived"],
  ["another POP", { xAmzCfPop: "SIN2-P2" }, "RETRY", "answered by SIN2-P2 instead of SIN2-P1"],
  ["a POP of the same site", { xAmzCfPop: "SIN2-P10" }, "RETRY", "answered by SIN2-P10 instead of SIN2-P1"],
  ["a body that broke off", { bytes: 9, ...CUT }, "RETRY", CUT.failure],
  ["a body that broke off at its very end", CUT, "RETRY", CUT.failure],
  [
    "a redirect",
    { httpStatus: 302, location: "https://a.example/" },
    "FINAL",
    "HTTP 302: redirects to https://a.example/",
  ],
  ["a redirect to nowhere", { httpStatus: 304 }, "FINAL", "HTTP 304: redirects to nowhere"],
  ["the first status of the client's faults", { httpStatus: 400 }, "FINAL", "HTTP 400"],
  ["the last status of the client's faults", { httpStatus: 499 }, "FINAL", "HTTP 499"],
  ["a 404 of another POP", { httpStatus: 404, xAmzCfPop: "FRA2-C1" }, "FINAL", "HTTP 404"],
  ["a 404 whose page broke off", { httpStatus: 404, bytes: 3, ...CUT }, "FINAL", "HTTP 404"],
  ["a server's fault", { httpStatus: 500 }, "RETRY", "HTTP 500"],
  ["a server's fault whose page broke off", { httpStatus: 503, ...CUT }, "RETRY", CUT.failure],
  ["a status that there is not", { httpStatus: 199 }, "RETRY", "HTTP 199"],
];

test.each(cases)("%s", (_name, answer, kind, error) => {
  expect(judge({ ...WHOLE, ...answer }, "SIN2-P1")).toEqual(error === undefined ? { kind } : { kind, error });
});

test("what an answer does not say is not held against it", () => {
  expect(judge({ bytes: 7, httpStatus: 200 }, "SIN2-P1")).toEqual({ kind: "GOOD" });
  expect(judge({ bytes: 0 }, "SIN2-P1")).toEqual({ kind: "RETRY", error: "no answer" });
  expect(judge({ bytes: 0, failure: "ECONNREFUSED" }, "SIN2-P1")).toEqual({ kind: "RETRY", error: "ECONNREFUSED" });
});
