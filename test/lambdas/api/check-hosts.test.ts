import { describe, expect, it } from "vitest";
import { useVirtualClock } from "../../virtual-clock.ts";
import { BODY, world } from "./world.ts";

useVirtualClock();

const OWN = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com", "*.img.example.com"] }];
const start = (change: object, own = OWN) => {
  const w = world(undefined, own);
  return w.call("POST /prewarm", { ...BODY, ...change }).then((answer) => ({ ...w, answer }));
};

describe("hosts of the URLs and cf_domain", () => {
  it.each([
    ["the URLs' own host", "cdn.example.com", BODY.url_list],
    ["no cf_domain", undefined, BODY.url_list],
  ])("%s: no call is spent on it", async (_, cf_domain, url_list) => {
    const { answer, calls } = await start({ cf_domain, url_list });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty("warnings");
    expect(calls).not.toContain("distributions.own");
  });

  it.each(["d1.cloudfront.net", "a.img.example.com"])(
    "names of the same distribution are fine: %s",
    async (cf_domain) => {
      const url_list = ["https://cdn.example.com/a", "https://x.y.img.example.com/b", "https://d1.cloudfront.net/c"];
      const { answer } = await start({ cf_domain, url_list });
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty("warnings");
    },
  );

  it("one that this account's distribution does not answer to is a 400, with the URLs, and nothing is made", async () => {
    const url_list = ["https://cdn.example.com/a", "https://other.example.org/b", "https://other.example.org/c"];
    const { answer, requests, lists } = await start({ cf_domain: "d1.cloudfront.net", url_list });
    expect(answer.status).toBe(400);
    expect(answer.body["error_message"]).toBe(
      "cf_domain: the names of the distribution E1 are d1.cloudfront.net, cdn.example.com, *.img.example.com; " +
        "the distribution E1 does not answer to other.example.org",
    );
    expect(answer.body["error_urls"]).toEqual(url_list.slice(1));
    expect([requests.items.size, Object.keys(lists.objects).length]).toEqual([0, 0]);
  });

  it("one that a more specific alias gives to another distribution is a 400: a wildcard that covers it is not enough", async () => {
    const own = [...OWN, { id: "E2", domain: "d2.cloudfront.net", aliases: ["shop.img.example.com"] }];
    const url_list = ["https://a.img.example.com/a", "https://shop.img.example.com/b", "https://example.org/c"];
    const { answer, requests } = await start({ cf_domain: "d1.cloudfront.net", url_list }, own);
    expect([answer.status, answer.body["error_message"]]).toEqual([
      400,
      "cf_domain: the names of the distribution E1 are d1.cloudfront.net, cdn.example.com, *.img.example.com; " +
        "shop.img.example.com belongs to the distribution E2, not to E1, the distribution E1 does not answer to example.org",
    ]);
    expect(answer.body["error_urls"]).toEqual(url_list.slice(1));
    expect(requests.items.size).toBe(0);
  });

  it("of many that the distribution does not answer to, the message names its names and the first 20", async () => {
    const url_list = Array.from({ length: 60 }, (_, i) => `https://h${i}.example.org/`);
    const { answer } = await start({ cf_domain: "d1.cloudfront.net", url_list });
    expect(answer.body["error_message"]).toMatch(
      /^cf_domain: the names of the distribution E1 are .* h19.example.org and 40 more$/,
    );
    expect(answer.body["error_urls"]).toEqual(url_list);
  });

  it("of a distribution that is not this account's, a warning says that they were not checked", async () => {
    const { answer } = await start({ cf_domain: "d9.cloudfront.net" });
    expect(answer.status).toBe(200);
    expect(answer.body["warnings"]).toEqual([
      "cf_domain: d9.cloudfront.net is not a name of any distribution of this account, so it was not checked whether it serves cdn.example.com",
    ]);
  });

  it("so it does when the distributions cannot be listed now", async () => {
    const w = world((call) => (call === "distributions.own" ? "before" : undefined), OWN);
    const { status, body } = await w.call("POST /prewarm", { ...BODY, cf_domain: "d1.cloudfront.net" });
    expect(status).toBe(200);
    expect(body["warnings"]).toEqual([expect.stringContaining("could not be looked up")]);
  });
});

it("the times of a request begin after its checks, however long they take", async () => {
  const w = world(undefined, OWN);
  w.distributions.own = async () => {
    w.passTime(9_000);
    return OWN;
  };
  const { body } = await w.call("POST /prewarm", { ...BODY, cf_domain: "d1.cloudfront.net" });
  expect([body["timestamp"], body["timeout_at"]]).toEqual(["2024-04-16 03:12:30.046000", "2024-04-16 03:17:30.046000"]);
});

it("distributions that are not listed in time are not waited for: the call would end first", async () => {
  const w = world(undefined, OWN);
  w.distributions.own = () => new Promise(() => undefined);
  const { body } = await w.call("POST /prewarm", { ...BODY, cf_domain: "d1.cloudfront.net" });
  expect(body["warnings"]).toEqual([
    "cf_domain: the distributions could not be looked up, so the hosts of the URLs were not checked",
  ]);
});
