import { expect, it } from "vitest";
import { type FailureGroup, groupFromRow, groupToRow, mostFirst } from "../../../domain/result/failure-groups.ts";

const group = (change: Partial<FailureGroup> = {}): FailureGroup => ({
  code: "http_4xx",
  subject: "task",
  tasks: 3,
  pops: 2,
  urls: 1,
  examples: [{ url: "https://a.example/,", variant: "br", pop: "SIN2-P1", error: 'HTTP 403: "no"', http_status: 403 }],
  ...change,
});
const written = (it: FailureGroup) => groupToRow(it).map((value) => String(value ?? ""));

it.each([
  group(),
  group({ urls: null, examples: [] }),
  group({ subject: "url", tasks: 0, pops: 0, examples: [{ url: "https://a.example/", error: "HTTP 404" }] }),
  group({ subject: "pop", tasks: 0, urls: 0, examples: [{ pop: "ICN51-C1", error: "ENOTFOUND" }] }),
])("a group comes back as it went: %j", (it) => {
  expect(groupFromRow(written(it))).toEqual(it);
});

it("a code that only a newer version knows is read as other", () => {
  expect(groupFromRow(["too_warm", "1", "1", "1", "[]", "task"])).toMatchObject({ code: "other", subject: "task" });
});

it("those of most tasks come first, then URLs that could not be read, then POPs that did not resolve", () => {
  const [a, b] = [group({ code: "tls" }), group({ tasks: 9 })];
  const url = group({ subject: "url", tasks: 0, pops: 0, urls: 2 });
  const pop = group({ subject: "pop", tasks: 0, pops: 5, urls: 0 });
  expect(mostFirst([pop, a, url, b])).toEqual([b, a, url, pop]);
});
