import { expect, test } from "vitest";
import type { Answer } from "../../../agent/download/answer.ts";
import { judge } from "../../../agent/download/answer.ts";
import { nextTry } from "../../../agent/download/next-try.ts";

const CLOSED: Answer = { bytes: 0, failure: { reason: "connection", code: "CLOSED" } };
const PAGE: Answer = { bytes: 9, httpStatus: 200, xCache: "Error from cloudfront" };
const status = (httpStatus: number): Answer => ({ bytes: 0, httpStatus });

type Case = [
  name: string,
  answer: Answer,
  count: number,
  tries: number,
  next: "untried" | "tried" | undefined,
  then: string,
];

test.each<Case>([
  ["good", status(200), 1, 0, "untried", "never"],
  ["refused", status(403), 1, 0, "untried", "never"],
  ["a connection that was lost", CLOSED, 1, 0, "tried", "now"],
  ["lost for the third time", CLOSED, 3, 0, "tried", "never"],
  ["lost, after it was put off", CLOSED, 1, 7, "tried", "now"],
  ["408", status(408), 2, 0, "tried", "now"],
  ["500, another address", status(500), 1, 0, "untried", "now"],
  ["500, no other address", status(500), 1, 0, "tried", "later"],
  ["500 at two addresses", status(500), 2, 0, "tried", "later"],
  ["500 at three", status(500), 3, 0, "untried", "never"],
  ["500, later, for the second time", status(500), 1, 1, "tried", "later"],
  ["500, later, for the third time", status(500), 1, 2, "untried", "never"],
  ["502", status(502), 1, 0, "tried", "later"],
  ["a page for an error", PAGE, 1, 0, "tried", "later"],
  ["503, another address", status(503), 1, 0, "untried", "later"],
  ["429", status(429), 1, 0, "tried", "later"],
  ["503, for the seventh time", status(503), 1, 6, "tried", "later"],
  ["503, for the eighth time", status(503), 1, 7, "untried", "never"],
  ["no address is worth it", CLOSED, 1, 0, undefined, "never"],
])("%s", (_, answer, count, tries, next, then) => {
  expect(nextTry({ count, answer, outcome: judge(answer, "SIN2-P1", null) }, tries, next)).toBe(then);
});
