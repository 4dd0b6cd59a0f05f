// What a key may spend (domain/request/caps.ts, allowed-distributions.ts), as the API says it: a 400, and nothing is made.
import { describe, expect, it } from "vitest";
import type { Caps } from "../../../domain/request/caps.ts";
import { request } from "../items.ts";
import { BODY, world } from "./world.ts";

const NOTHING_MADE = { lists: {}, schedules: 0, capacity: 1 };

describe.each<[string, Partial<Caps>, object, RegExp]>([
  ["maxInstances", { maxInstances: 1 }, {}, /^instance_count: 3 instances, but maxInstances of this deployment is 1 /],
  ["maxTimeout", { maxTimeout: 4 }, {}, /^timeout: 5 minutes, but maxTimeout of this deployment is 4 /],
  ["maxTasks", { maxTasks: 3 }, {}, /^url_list times POPs: 4 tasks, but maxTasks of this deployment is 3 /],
  [
    "maxRequestBytes",
    { maxRequestBytes: 100 },
    { max_bytes: 101 },
    /^max_bytes: 101 bytes, but maxRequestBytes of this deployment is 100 /,
  ],
])("POST /prewarm beyond %s", (_, caps, change, message) => {
  it("is a 400 that names the value, the cap and the parameter, and makes nothing", async () => {
    const { call, lists, timer, fleet, requests } = world(undefined, [], caps);
    const { status, body } = await call("POST /prewarm", { ...BODY, ...change });
    expect(status).toBe(400);
    expect(body["error_message"]).toMatch(message);
    expect(body["error_message"]).toMatch(/\(a parameter of the stack\)/);
    expect({ lists: lists.objects, schedules: timer.schedules.size, capacity: fleet.capacity }).toEqual(NOTHING_MADE);
    expect(requests.items.size).toBe(0);
  });
});

it("POST /prewarm at every cap is taken", async () => {
  const caps = { maxInstances: 3, maxTimeout: 5, maxTasks: 4, maxRequestBytes: 100, maxActiveRequests: 1 };
  const { call, requests } = world(undefined, [], caps);
  expect((await call("POST /prewarm", { ...BODY, max_bytes: 100 })).status).toBe(200);
  expect(requests.the("new-id").max_bytes).toBe(100);
});

it("POST /prewarm beyond maxActiveRequests is a 400; one that has ended does not count", async () => {
  const { call, requests, lists } = world(undefined, [], { maxActiveRequests: 1 });
  await requests.put(request({ active: undefined, status: "FINISHED" }));
  expect((await call("POST /prewarm", BODY)).status).toBe(200);
  const made = Object.keys(lists.objects);
  const { status, body } = await call("POST /prewarm", BODY);
  expect([status, body["error_message"]]).toEqual([
    400,
    "with this one there would be: 2 active requests, but maxActiveRequests of this deployment is 1 (a parameter of the stack)",
  ]);
  expect(Object.keys(lists.objects)).toEqual(made);
});

describe("distributions", () => {
  const own = [
    { id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com", "*.wild.example.com"] },
    { id: "E2", domain: "d2.cloudfront.net", aliases: ["other.example.com", "shop.wild.example.com"] },
  ];
  const unclear = (call: string) => (call === "dns.alias" ? "before" : undefined);
  const post = (change: object) => world(unclear, own, {}, "E1").call("POST /prewarm", { ...BODY, ...change });

  it("lets those be warmed that it names", async () => {
    expect((await post({})).status).toBe(200);
    expect((await post({ cf_domain: "d1.cloudfront.net" })).status).toBe(200);
  });

  it.each([
    [{ url_list: ["https://other.example.com/a"] }, /^url_list: other.example.com belongs to the distribution E2, /],
    [{ cf_domain: "d2.cloudfront.net" }, /^cf_domain: d2.cloudfront.net belongs to the distribution E2, /],
    [
      // The wildcard of E1 covers it, and CloudFront gives the request to E2 all the same.
      { cf_domain: "d1.cloudfront.net", url_list: ["https://cdn.example.com/a", "https://shop.wild.example.com/a"] },
      /^url_list: shop.wild.example.com belongs to the distribution E2, /,
    ],
    [
      // No DNS server that a caller may choose keeps it from being checked.
      { url_list: ["https://unclear.example.org/a", "https://other.example.com/a"] },
      /^url_list: other.example.com belongs to the distribution E2, /,
    ],
    [
      { cf_domain: "d9.cloudfront.net", url_list: ["https://other.example.com/a"] },
      /^url_list: other.example.com belongs to the distribution E2, /,
    ],
  ])("refuses another of the account: %j", async (change, message) => {
    const { status, body } = await post(change);
    expect([status, body["error_message"]]).toEqual([400, expect.stringMatching(message)]);
    expect(body["error_message"]).toMatch(/distributions of this deployment allows E1/);
  });

  it("makes nothing where the account's distributions cannot be listed", async () => {
    const w = world((call) => (call === "distributions.own" ? "before" : undefined), own, {}, "E1");
    expect((await w.call("POST /prewarm", BODY)).status).toBe(500);
    expect([w.requests.items.size, w.fleet.capacity]).toEqual([0, 1]);
  });
});
