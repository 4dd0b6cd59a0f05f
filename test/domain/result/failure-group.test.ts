import { expect, it } from "vitest";
import { type FailureGroup, groupFromRow, groupToRow, mostFirst } from "../../../domain/result/failure-group.ts";

const group = (change: Partial<FailureGroup> = {}): FailureGroup => ({
  ...{ code: "http_4xx", tasks: 3, pops: 2, urls: 1 },
  examples: [{ url: "https://a.example/,", variant: "br", pop: "SIN2-P1", error: 'HTTP 403: "no"', http_status: 403 }],
  ...change,
});
const written = (it: FailureGroup) => groupToRow(it).map((value) => String(value ?? ""));

it.each([group(), group({ urls: null, examples: [] })])("a group comes back as it went: %j", (it) => {
  expect(groupFromRow(written(it))).toEqual(it);
});

it("a code that only a newer version knows is read as other", () => {
  expect(groupFromRow(["too_warm", "1", "1", "1", "[]"])).toMatchObject({ code: "other" });
});

it("those of most tasks come first", () => {
  const [a, b] = [group({ code: "tls" }), group({ tasks: 9 })];
  expect(mostFirst([a, b])).toEqual([b, a]);
});
