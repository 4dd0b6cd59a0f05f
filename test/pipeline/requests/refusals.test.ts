// What the API rejects, which reason it gives, and that nothing is left of it.
import { body } from "../../e2e/bodies.ts";
import { pipelineStack } from "./stack.ts";

const text = (changes: Record<string, unknown>) => JSON.stringify(body(changes));

/** Bodies of POST /prewarm that are rejected, and what the answer must say. Each rule has its tests in test/domain/validation. */
const PREWARM: readonly [what: string, body: string | undefined, says: RegExp, errorUrls?: string[]][] = [
  ["no body", undefined, /no body/],
  ["broken JSON", '{"url_list": [', /not valid JSON/],
  [
    "bad URLs, all of them named",
    text({ url_list: ["ftp://a.example/x", "/relative", "https://a.example/", "not a url"] }),
    /^url_list: 3 of 4 URLs are invalid \(see error_urls\); the first, 'ftp:\/\/a\.example\/x', has the scheme ftp; absolute/,
    ["ftp://a.example/x", "/relative", "not a url"],
  ],
  ["several faults at once", text({ timeout: 0, instance_count: -1 }), /timeout: .*; instance_count: /],
];

const INSTANCES: readonly [what: string, body: string | undefined, status: number, says: RegExp][] = [
  ["no body", undefined, 400, /no body/],
  ["an unknown request", '{"DesiredCapacity": 0, "req_id": "no-such"}', 404, /there is no request 'no-such'/],
];

describe("the API", () => {
  const stack = pipelineStack();

  it.each(PREWARM)(
    "rejects POST /prewarm with %s, and nothing is left of it",
    async (_what, raw, says, errorUrls = []) => {
      const before = await stack.inventory();
      const { status, json } = await stack.call("POST", "prewarm", raw);
      expect(status).toBe(400);
      expect(Object.keys(json).sort()).toEqual(
        ["error_message", "error_urls", "request_id", "status", "timeout_at", "timestamp"].sort(),
      );
      expect(json).toMatchObject({ status: "Failed", error_urls: errorUrls, request_id: "", timeout_at: "" });
      expect(json["error_message"]).toMatch(says);
      expect(await stack.inventory()).toEqual(before);
    },
  );

  it.each(INSTANCES)("rejects POST /instances with %s, and nothing is left of it", async (_what, raw, wanted, says) => {
    const before = await stack.inventory();
    const { status, json } = await stack.call("POST", "instances", raw);
    expect(status).toBe(wanted);
    expect(Object.keys(json).sort()).toEqual(["message", "status", "timestamp"]);
    expect(json).toMatchObject({ status: "failure", message: expect.stringMatching(says) });
    expect(await stack.inventory()).toEqual(before);
  });

  it.each(["prewarm", "summary"])("rejects GET /%s without req_id and with an unknown one", async (path) => {
    const missing = await stack.call("GET", path);
    expect(missing.status).toBe(400);
    expect(missing.json).toMatchObject({ status: "Failed", error_message: "req_id: is required in the query string" });
    const unknown = await stack.call("GET", `${path}?req_id=no-such`);
    expect(unknown.status).toBe(404);
    expect(unknown.json).toMatchObject({ status: "Failed", error_message: "req_id: there is no request 'no-such'" });
  });
});
