import { describe, expect, test } from "vitest";
import { NotATaskError } from "../../../agent/fetch/request-headers.ts";
import { taskMessage } from "../task-messages.ts";
import { bodyOf, done, fail, good, run, start } from "./work-world.ts";

describe("a message that is no task goes to the dead letters with the reason, and is deleted then", () => {
  const without = (field: string) => JSON.stringify({ ...taskMessage(), [field]: undefined });
  const cases: readonly [name: string, body: string, reason: RegExp][] = [
    ["no JSON", "{", /^bury \{: not JSON$/],
    ["nothing", "", /^bury : not JSON$/],
    ["null", "null", /^bury null: .*expected object/],
    ["a field missing", without("host"), /: host: \S/],
    ["two fields missing", JSON.stringify({ ...taskMessage(), pop: undefined, shards: 0 }), /: pop: .*; shards: \S/],
    ["no addresses", JSON.stringify(taskMessage({ ips: [] })), /: ips: \S/],
    ["no URLs", JSON.stringify(taskMessage({ urls: [] })), /: urls: \S/],
    ["a URL that is none", JSON.stringify(taskMessage({ urls: [{ url: "", bytes: 1 }] })), /: urls\.0\.url: \S/],
  ];

  test.each(cases)("%s", async (_name, body, reason) => {
    const { did } = await run(body, { bury: done });
    expect(did).toEqual([expect.stringMatching(reason), "delete r"]);
  });

  const poison = () => Promise.reject(new NotATaskError("a url is not an http(s) URL"));
  const someBad = (url: string) => (url.startsWith("bad") ? poison() : good());
  const buried = (...urls: string[]) => {
    const rest = taskMessage({ req_id: "q", urls: urls.map((url) => ({ url, bytes: null })) });
    return `bury ${JSON.stringify(rest)}: a url is not an http(s) URL`;
  };

  test("a part of one: the rest is done first, and nothing is tried twice", async () => {
    const plan = { download: someBad, bury: done };
    const { did, unplanned } = await run(bodyOf("bad1", "a", "bad2"), plan);
    expect(did.slice(-3)).toEqual(["write a", buried("bad1", "bad2"), "delete r"]);
    expect(unplanned).toEqual([]);
  });

  test("a part of one, not before what may pass has passed", async () => {
    const plan = { download: someBad, write: fail("no table"), hold: done };
    const { did } = await run(bodyOf("bad", "a"), plan);
    expect(did.at(-1)).toBe("hold r 20");
  });

  test("it is not deleted if sending it to the dead-letter queue failed", async () => {
    const { did, ended } = start("{", { bury: fail("no queue") });
    await expect(ended).rejects.toThrow("no queue");
    expect(did).toHaveLength(1);
  });
});
