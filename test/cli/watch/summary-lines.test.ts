import { painter } from "../../../cli/output/paint.ts";
import { summaryLines } from "../../../cli/watch/summary-lines.ts";
import { FAILURES } from "../progress.ts";

test("what went wrong, how it looks, and what to do", () => {
  const url = (path: string, error: string) => ({ url: `https://a/${path}`, error });
  const failures: typeof FAILURES = [
    ...FAILURES.slice(0, 1),
    {
      code: "http_4xx",
      subject: "url",
      tasks: 0,
      pops: 0,
      urls: 9,
      examples: [url("1", "HTTP 404"), url("2", "HTTP 403")],
    },
    {
      code: "name_not_found",
      subject: "pop",
      tasks: 0,
      pops: 1,
      urls: 0,
      examples: [{ pop: "ICN51-C1", error: "d1.ICN51-C1.cloudfront.net does not exist in DNS (ENOTFOUND)" }],
    },
  ];
  const lines = summaryLines({ failures }, { width: undefined, paint: painter(false) });
  expect(lines).toEqual([
    "× Connection failed: 6 tasks, 5 URLs at 4 POPs",
    "    https://www.example.com/pak-001.bin at DEL54-P2: no connection at any of its 3 addresses",
    "    Retry. If the same POP fails again, select another POP in the same city.",
    "× Client error (4xx): 9 URLs could not be read",
    "    https://a/1: HTTP 404",
    "    https://a/2: HTTP 403",
    expect.stringMatching(/^ {4}HTTP 404: /),
    "× DNS name not found: 1 POP did not resolve",
    "    ICN51-C1: d1.ICN51-C1.cloudfront.net does not exist in DNS (ENOTFOUND)",
    expect.stringMatching(/^ {4}Check that the list of known POPs/),
  ]);
});

test("on a terminal its lines end between words", () => {
  const lines = summaryLines({ failures: FAILURES.slice(0, 1) }, { width: 50, paint: painter(false) });
  expect(lines).toEqual([
    "× Connection failed: 6 tasks, 5 URLs at 4 POPs",
    "    https://www.example.com/pak-001.bin at",
    "    DEL54-P2: no connection at any of its 3",
    "    addresses",
    "    Retry. If the same POP fails again, select",
    "    another POP in the same city.",
  ]);
});

test("the example that the sentence has is not printed twice", () => {
  const problem = "a.example does not exist in DNS (ENOTFOUND): correct the host name, or name another";
  const examples = ["1", "10"].map((path) => ({
    url: `https://a.example/${path}?key=x`,
    error: `${problem.slice(0, 60)}…`,
  }));
  const failures: typeof FAILURES = [{ code: "no_distribution", subject: "url", tasks: 0, pops: 0, urls: 2, examples }];
  const sentence = `Failed: No URL can be read; the first is https://a.example/10?… (${problem}).`;
  const lines = summaryLines({ failures }, { width: undefined, paint: painter(false) }, sentence);
  expect(lines.filter((line) => line.includes("does not exist"))).toEqual([
    expect.stringContaining("https://a.example/1?key=x"),
  ]);
});
