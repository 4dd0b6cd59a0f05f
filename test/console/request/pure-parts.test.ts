import { moved } from "../../../console/request/grid-move.ts";
import { reportLink } from "../../../console/request/report-link.ts";
import { withPlaceholders } from "../../../console/request/sent-panel.tsx";
import { firstSentence, sentenceParts } from "../../../console/request/sentence-parts.ts";
import { readerOf } from "../../../console/session/reader.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { ApiError } from "../../../domain/validation/api-error.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";

it.each([
  ["On time: about 6 min left. Done by 19:52.", "On time: about 6 min left.", "Done by 19:52."],
  ["进展正常：约剩 6 分钟。预计 19:52 完成。", "进展正常：约剩 6 分钟。", "预计 19:52 完成。"],
  ["Checking POPs.", "Checking POPs.", ""],
])("sentenceParts while it runs: %s", (text, ...parts) => expect(sentenceParts(text, false)).toEqual(parts));

it.each([
  ["Failed: https://www.example.com/a.png: HTTP 404.", "Failed:", "https://www.example.com/a.png: HTTP 404."],
  ["失败：No URL can be read: www.example.com。", "失败：", "No URL can be read: www.example.com。"],
  ["Not ready for traffic: 1 URL. 1 POP did not resolve.", "Not ready for traffic:", "1 URL. 1 POP did not resolve."],
  [
    "Not ready for traffic: 11 objects are not warm at any POP under the regional edge cache Tokyo.",
    "Not ready for traffic:",
    /^11 objects/,
  ],
  ["Stopped at 41%. 42,964 tasks were not tried.", "Stopped at 41%.", "42,964 tasks were not tried."],
  ["暂不可放量：11 个对象未预热。", "暂不可放量：", "11 个对象未预热。"],
  ["", "", ""],
])("sentenceParts at the end: %s", (sentence, head, rest) => {
  const parts = sentenceParts(sentence, true);
  expect(parts[0]).toBe(head);
  expect(parts[1]).toEqual(typeof rest === "string" ? rest : expect.stringMatching(rest));
});

it.each([
  ["On time: about 6 min left. Done by 19:52.", "On time: about 6 min left."],
  ["进展正常：约剩 6 分钟。预计 19:52 完成。", "进展正常：约剩 6 分钟。"],
  ["Late: needs 1.5 h more.", "Late: needs 1.5 h more."],
  ["", ""],
])("firstSentence: %s", (text, first) => expect(firstSentence(text)).toBe(first));

describe("reportLink", () => {
  const AWS = "abc.execute-api.eu-west-1.amazonaws.com";
  it.each([
    "https://bucket-1.s3.eu-west-1.amazonaws.com/r/report.csv?X-Amz-Signature=a",
    "https://bucket.s3.amazonaws.com/r",
    "https://bucket.s3.cn-north-1.amazonaws.com.cn/r",
    "https://s3.eu-west-1.amazonaws.com/bucket/r",
  ])("%s is linked", (url) => expect(reportLink(url, AWS)).toBe(url));

  it.each([
    "https://evil.example/report.csv",
    "https://bucket.s3.eu-west-1.amazonaws.com.evil.example/",
    "https://bucket.s3.evil.example/",
    "https://user:pass@bucket.s3.amazonaws.com/",
    "https://bucket.s3.amazonaws.com:8443/",
    "http://bucket.s3.amazonaws.com/",
    "javascript:alert(1)",
    "http://localhost:4566/bucket",
    "https://lambda.eu-west-1.amazonaws.com/",
    "/report.csv",
    "",
  ])("%s is not", (url) => expect(reportLink(url, AWS)).toBeUndefined());

  it("a local run's bucket is on this machine", () => {
    expect(reportLink("http://localhost:4566/bucket/r", "localhost")).toBe("http://localhost:4566/bucket/r");
    expect(reportLink("http://evil.example/r", "localhost")).toBeUndefined();
  });
});

describe("moved", () => {
  const ROWS = [3, 1, 2];
  it.each([
    ["ArrowRight", 0, 0, 0, 1],
    ["ArrowRight", 0, 2, 1, 0],
    ["ArrowRight", 2, 1, 2, 1],
    ["ArrowLeft", 1, 0, 0, 2],
    ["ArrowLeft", 0, 0, 0, 0],
    ["ArrowDown", 0, 2, 1, 0],
    ["ArrowUp", 0, 1, 0, 1],
    ["Home", 0, 2, 0, 0],
    ["End", 2, 0, 2, 1],
  ])("%s at %i %i → %i %i", (key, row, column, toRow, toColumn) =>
    expect(moved(key, { row, column }, ROWS)).toEqual({ row: toRow, column: toColumn }),
  );

  it("another key moves nothing, and an empty grid is no error", () => {
    expect(moved("x", { row: 0, column: 0 }, ROWS)).toBeUndefined();
    expect(moved("ArrowRight", { row: 0, column: 0 }, [])).toEqual({ row: 0, column: 0 });
  });
});

describe.each(["en", "zh"] as const)("a sent request that lacks what is not kept, in %s", (language) => {
  const reader = readerOf({ language, theme: "auto", shortcuts: false });
  const body = {
    url_list: ["https://a.example/"],
    pops: ["SIN2-P1"],
    cf_domain: "a.example",
    timeout: 5,
    instance_count: 1,
  };
  const sent = { body, variant_names: [], header_count: 0, urls_omitted: 0 };
  const refusal = (change: Partial<typeof sent> | { readonly variant_names: string[] }) => {
    try {
      checkPrewarmRequest(withPlaceholders({ ...sent, ...change }, reader), { reqId: "r", now: 0, caps: DEFAULT_CAPS });
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
    return undefined;
  };

  test("is refused by the API, which names what is missing", () => {
    expect(refusal({})).toBeUndefined();
    expect(refusal({ header_count: 2 })?.message).toMatch(/^header\[0\]: .*2/);
    expect(refusal({ variant_names: ["br", "gzip"] })?.message).toContain("variants[1].header[0]: ");
    expect(refusal({ urls_omitted: 7 })?.errorUrls).toHaveLength(1);
  });

  test("is complete if it is a retry, which takes all from the request that it retries", () => {
    const retry = { retry_of: "r0", timeout: 5, instance_count: 1 };
    const lacking = { ...sent, body: retry, variant_names: ["br"], header_count: 2 };
    expect(withPlaceholders(lacking, reader)).toEqual(retry);
  });
});
