// What the API rejects, which reason it gives, and that nothing is left of it.
import { describe, expect, it } from "vitest";
import { body } from "../../e2e/bodies.ts";
import { pipelineStack } from "./stack.ts";

const text = (changes: Record<string, unknown>) => JSON.stringify(body(changes));

/** Bodies of POST /prewarm that are rejected, and what the answer must say. */
const PREWARM: readonly [what: string, body: string | undefined, says: RegExp, errorUrls?: string[]][] = [
  ["no body", undefined, /no body/],
  ["an empty body", " ", /no body/],
  ["broken JSON", '{"url_list": [', /not valid JSON/],
  ["JSON with comments", '{"timeout": 5 // minutes\n}', /not valid JSON.*no comments/],
  ["a list", "[]", /must be a JSON object/],
  ["no url_list", text({ url_list: undefined }), /url_list: is required/],
  ["no URL", text({ url_list: [] }), /url_list: is required: .* at least one/],
  ["a url_list that is a string", text({ url_list: "https://a.example/" }), /url_list/],
  ["a number among the URLs", text({ url_list: ["https://a.example/", 7] }), /url_list\[1\]: must be a string/],
  [
    "bad URLs, all of them named",
    text({ url_list: ["ftp://a.example/x", "/relative", "https://a.example/", "not a url"] }),
    /^url_list: 3 of 4 URLs are invalid \(see error_urls\); the first, 'ftp:\/\/a\.example\/x', has the scheme ftp; absolute/,
    ["ftp://a.example/x", "/relative", "not a url"],
  ],
  ["no timeout", text({ timeout: undefined }), /timeout: is required/],
  ["a timeout of 0", text({ timeout: 0 }), /timeout: must be whole minutes from 1 to 10080/],
  ["a timeout beyond a week", text({ timeout: 10_081 }), /timeout: must be whole minutes from 1 to 10080/],
  ["a timeout that is text", text({ timeout: "5" }), /timeout: must be whole minutes .*, not "5"/],
  ["no instance_count", text({ instance_count: undefined }), /instance_count: is required/],
  ["too many instances", text({ instance_count: 301 }), /instance_count: must be a whole number from 0 to 300/],
  ["half an instance", text({ instance_count: 1.5 }), /instance_count/],
  ["a malformed POP", text({ pops: ["SIN2-C1", "SIN-C9"] }), /pops: unknown 'SIN-C9'; known there: .*SIN2-C1/],
  ["an unknown site", text({ pops: ["QQQ-C1"] }), /pops: unknown 'QQQ-C1'; known: /],
  ["a field that is none", text({ pop: ["SIN2-C1"] }), /unknown field 'pop' \(did you mean pops\?\)/],
  ["two lists", text({ countries: ["japan"] }), /target_type: is needed, because several lists are filled/],
  ["an unknown region", text({ target_type: "region", regions: ["mars"] }), /regions: unknown 'mars'; known: apac, au/],
  [
    "an unknown country",
    text({ target_type: "country", countries: ["atlantis"] }),
    /countries: unknown 'atlantis'; known: /,
  ],
  ["an unknown target_type", text({ target_type: "planet" }), /target_type: must be one of pop, country, region/],
  ["a header that is a map", text({ header: { a: "b" } }), /header: must be a list/],
  ["a header without a colon", text({ header: ["abc"] }), /header\[0\]: 'abc' is not of the form/],
  ["a header that would be two", text({ header: ["A: b\r\nC: d"] }), /header\[0\]/],
  ["a Host header", text({ header: ["Host: evil.example"] }), /header\[0\].*sets Host/],
  ["a cf_domain that is none", text({ cf_domain: "no domain" }), /cf_domain/],
  ["need_invalidate as text", text({ need_invalidate: "yes" }), /need_invalidate: must be true or false/],
  ["several faults at once", text({ timeout: 0, instance_count: -1 }), /timeout: .*; instance_count: /],
];

const INSTANCES: readonly [what: string, body: string | undefined, status: number, says: RegExp][] = [
  ["no body", undefined, 400, /no body/],
  ["comments", '{"DesiredCapacity": 1 // one\n}', 400, /no comments/],
  ["no DesiredCapacity", "{}", 400, /DesiredCapacity: is required/],
  ["too many", '{"DesiredCapacity": 301}', 400, /DesiredCapacity: must be a whole number from 0 to 300/],
  [
    "force_stop without req_id",
    '{"DesiredCapacity": 0, "force_stop": true}',
    400,
    /req_id: is required with force_stop/,
  ],
  ["an unknown request", '{"DesiredCapacity": 0, "req_id": "no-such"}', 404, /there is no request 'no-such'/],
];

describe("the API", () => {
  const running = pipelineStack();

  it.each(PREWARM)(
    "rejects POST /prewarm with %s, and nothing is left of it",
    async (_what, raw, says, errorUrls = []) => {
      const before = await running().inventory();
      const { status, json } = await running().call("POST", "prewarm", raw);
      expect(status).toBe(400);
      expect(Object.keys(json).sort()).toEqual(
        ["error_message", "error_urls", "request_id", "status", "timeout_at", "timestamp"].sort(),
      );
      expect(json).toMatchObject({ status: "Failed", error_urls: errorUrls, request_id: "", timeout_at: "" });
      expect(json["error_message"]).toMatch(says);
      expect(await running().inventory()).toEqual(before);
    },
  );

  it.each(INSTANCES)("rejects POST /instances with %s, and nothing is left of it", async (_what, raw, wanted, says) => {
    const before = await running().inventory();
    const { status, json } = await running().call("POST", "instances", raw);
    expect(status).toBe(wanted);
    expect(Object.keys(json).sort()).toEqual(["message", "status", "timestamp"]);
    expect(json).toMatchObject({ status: "failure", message: expect.stringMatching(says) });
    expect(await running().inventory()).toEqual(before);
  });

  it.each(["prewarm", "summary"])("rejects GET /%s without req_id and with an unknown one", async (path) => {
    const missing = await running().call("GET", path);
    expect(missing.status).toBe(400);
    expect(missing.json).toMatchObject({ status: "Failed", error_message: "req_id: is required in the query string" });
    const unknown = await running().call("GET", `${path}?req_id=no-such`);
    expect(unknown.status).toBe(404);
    expect(unknown.json).toMatchObject({ status: "Failed", error_message: "req_id: there is no request 'no-such'" });
  });
});
