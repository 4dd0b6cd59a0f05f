import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_MESSAGE_BYTES } from "../../../domain/limits.ts";
import { targetKey } from "../../../domain/plan/target.ts";
import { fromRow } from "../../../domain/plan/task.ts";
import {
  isLarge,
  messagesOf,
  type TaskMessage,
  taskMessageSchema,
  urlsPerMessage,
  weight,
} from "../../../domain/plan/task-message.ts";
import { type Distribution, requestHost } from "../../../domain/request/distributions.ts";
import { fullTaskMessage } from "../../agent/task-messages.ts";
import { collect } from "../../collect.ts";
import { Distinct } from "../../distinct.ts";
import { DOMAIN, fullRequest, LABEL, readyTarget, target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const MIB = 2 ** 20;
const REQUEST = { req_id: "r1", header: ["A: 1"], shards: 3 };
const OWN: Distribution = { label: LABEL, domain: DOMAIN, names: [DOMAIN, "cdn.example.com"] };

function group(rows: readonly string[][], maxUrls = 100): Promise<TaskMessage[]> {
  const plan = planOf([OWN], [readyTarget("SIN2-P1")]);
  return collect(messagesOf(REQUEST, plan.unsentLeads(rows.map(fromRow)), { maxUrls }));
}

const row = (i: number, bytes: number | "" = 10, host = "cdn.example.com") => [`https://${host}/${i}`, String(bytes)];
const rows = (n: number, bytes?: number | "") => Array.from({ length: n }, (_, i) => row(i, bytes));
const counts = (messages: TaskMessage[]) => messages.map(({ urls }) => urls.length);

describe("the messages of a target", () => {
  it("carry the request's headers, variants, proof, shards and limits, and their task's POP, host and followers", async () => {
    const d = new Distinct(21);
    const item = fullRequest();
    const [leads, follows] = [d.pop(), d.pop()].map((pop) => {
      const label = d.id("label");
      return { ...target(pop, { label }), target: targetKey(pop, label), ips: [d.ip(), d.ip()] };
    });
    if (leads === undefined || follows === undefined) throw new Error("no targets");
    const task = { target: leads, host: d.host(), url: { url: d.url(), bytes: d.bytes() }, followers: [follows] };
    expect(await collect(messagesOf(item, [task], { maxUrls: 10 }))).toEqual([
      {
        req_id: item.req_id,
        header: item.header,
        variants: item.variants,
        verify: item.verify,
        shards: item.shards,
        origin: item.origin,
        pop: leads.pop,
        ips: leads.ips,
        host: task.host,
        urls: [task.url],
        followers: [{ pop: follows.pop, ips: follows.ips }],
      },
    ]);
  });

  it.each([
    ["nothing", [], 100, []],
    ["small ones together, up to a number", rows(250), 100, [100, 100, 50]],
    ["up to 16 MiB", rows(9, 4 * MIB), 100, [4, 4, 1]],
    ["a larger one alone", [row(1), row(2, 17 * MIB), row(3), row(4)], 100, [1, 1, 2]],
    ["one of unknown size is taken for 1 MiB", rows(17, ""), 100, [16, 1]],
    ["empty ones weigh nothing", rows(3, 0), 100, [3]],
  ])("%s", async (_, list, maxUrls, expected) => {
    expect(counts(await group(list, maxUrls))).toEqual(expected);
  });

  it("keep the variants of a URL together and in order, however many and large they are", async () => {
    const forms = (i: number, bytes?: number) => ["br", "gzip", "plain"].map((variant) => [...row(i, bytes), variant]);
    const messages = await group([...forms(1), ...forms(2, 17 * MIB), ...forms(3)], 2);
    expect(messages.map(({ urls }) => urls.map(({ url, variant }) => `${url.at(-1)} ${variant}`))).toEqual([
      ["1 br", "1 gzip", "1 plain"],
      ["2 br", "2 gzip", "2 plain"],
      ["3 br", "3 gzip", "3 plain"],
    ]);
  });

  it("hold URLs of one host to ask with each", async () => {
    const mixed = [row(1), row(2, 10, "www.example.com"), row(3), row(4, 10, "img.example.com"), row(5, 10, DOMAIN)];
    const messages = await group(mixed);
    expect(messages.map(({ host, urls }) => [host, ...urls.map(({ url }) => url)])).toEqual([
      ["cdn.example.com", "https://cdn.example.com/1", "https://cdn.example.com/3"],
      [DOMAIN, "https://www.example.com/2", "https://img.example.com/4", `https://${DOMAIN}/5`],
    ]);
  });

  it("of several targets are apart, whatever the order of the tasks", async () => {
    const plan = planOf([OWN], [readyTarget("SIN2-P1"), readyTarget("FRA56-P4", { ips: ["192.0.2.9"] })]);
    const messages = await collect(messagesOf(REQUEST, plan.unsentLeads(rows(3).map(fromRow)), { maxUrls: 2 }));
    expect(messages.map(({ pop, ips, urls }) => [pop, ...ips, urls.length])).toEqual([
      ["SIN2-P1", "192.0.2.1", 2],
      ["FRA56-P4", "192.0.2.9", 2],
      ["SIN2-P1", "192.0.2.1", 1],
      ["FRA56-P4", "192.0.2.9", 1],
    ]);
  });

  it("name those that wait for it, and are apart by them", async () => {
    const pops = ["NRT57-P3", "KIX50-C1", "NRT20-C1"].map((pop, i) => readyTarget(pop, { ips: [`192.0.2.${i}`] }));
    const plan = planOf([OWN], pops, "lead-first");
    const messages = await collect(messagesOf(REQUEST, plan.unsentLeads(rows(30).map(fromRow)), { maxUrls: 100 }));
    expect(messages).toHaveLength(3);
    for (const { pop, followers = [], urls } of messages) {
      expect([pop, ...followers.map((it) => it.pop)].toSorted()).toEqual(pops.map((it) => it.pop).toSorted());
      for (const { pop, ips } of followers) expect(ips).toEqual(pops.find((it) => it.pop === pop)?.ips);
      expect(urls.length).toBeGreaterThan(4);
    }
  });

  it("of one target are apart if as many others wait for it, but not the same", async () => {
    const [lead, one, other] = ["NRT57-P3", "KIX50-C1", "NRT20-C1"].map((pop) => readyTarget(pop));
    if (lead === undefined || one === undefined || other === undefined) throw new Error("three targets");
    const task = (path: string, follower: typeof lead) => ({
      target: lead,
      host: "h",
      url: { url: `https://h/${path}`, bytes: 1 },
      followers: [follower],
    });
    const messages = await collect(
      messagesOf(REQUEST, [task("1", one), task("2", other), task("3", one)], { maxUrls: 100 }),
    );
    expect(messages.map(({ followers, urls }) => [followers?.[0]?.pop, ...urls.map(({ url }) => url)])).toEqual([
      ["KIX50-C1", "https://h/1", "https://h/3"],
      ["NRT20-C1", "https://h/2"],
    ]);
  });

  it("count each URL with its comma among the bytes of a message", async () => {
    // With its comma 249 characters: 100 of them fill a message, and what surrounds them is too much.
    const long = Array.from({ length: 100 }, (_, i) => {
      const url = `https://cdn.example.com/${100 + i}/`;
      return [url.padEnd(248 - JSON.stringify({ url: "", bytes: 1 }).length, "a"), "1"];
    });
    const messages = await group(long);
    expect(counts(messages)).toEqual([99, 1]);
    for (const message of messages) expect(JSON.stringify(message).length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  });

  it("are closed as soon as more than 5,000 are open", async () => {
    let taken = 0;
    const tasks = function* () {
      for (; taken < 6_000; taken++)
        yield {
          target: readyTarget(`P${taken}`),
          host: "h",
          url: { url: `https://h/${taken}`, bytes: 1 },
          followers: [],
        };
    };
    const { value } = await messagesOf(REQUEST, tasks(), { maxUrls: 100 }).next();
    expect([value?.pop, taken]).toEqual(["P0", 5_000]);
  });

  it("keep the variants of a URL together, however many are open", async () => {
    const all = Array.from({ length: 64 }, (_, i) => readyTarget(`P${i}`));
    const names = Array.from({ length: 200 }, (_, i) => `h${i}`);
    const tasks = names.flatMap((host) =>
      ["gzip", "br"].flatMap((variant) =>
        all.map((at) => ({ target: at, host, url: { url: `https://${host}/1`, variant, bytes: 1 }, followers: [] })),
      ),
    );
    const messages = await collect(messagesOf(REQUEST, tasks, { maxUrls: 100 }));
    expect(messages).toHaveLength(64 * 200);
    expect(new Set(messages.map(({ urls }) => urls.map(({ variant }) => variant).join()))).toEqual(
      new Set(["gzip,br"]),
    );
  });

  it("count their followers among the bytes of a message", async () => {
    const pops = Array.from({ length: 55 }, (_, i) => readyTarget(`NRT${i}-P3`, { ips: Array(4).fill("192.0.2.111") }));
    const plan = planOf([OWN], pops, "lead-first");
    const long = Array.from({ length: 300 }, (_, i) => [`https://cdn.example.com/${i}${"a".repeat(2_000)}`, "1"]);
    const messages = await collect(messagesOf(REQUEST, plan.unsentLeads(long.map(fromRow)), { maxUrls: 100 }));
    expect(messages.flatMap(({ urls }) => urls)).toHaveLength(300);
    for (const message of messages) expect(JSON.stringify(message).length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  });

  it("hold every row exactly once, are valid, and keep to the limits, whatever the rows", async () => {
    const size = fc.oneof(fc.constant("" as const), fc.nat(2 * MIB), fc.nat(40 * MIB));
    const host = fc.constantFrom("cdn.example.com", "www.example.com", "img.example.com", DOMAIN);
    const path = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.integer({ min: 1, max: 8_000 }).map((n) => "a".repeat(n)),
    );
    const list = fc.uniqueArray(
      fc
        .tuple(host, path, size)
        .map(([h, p, b]) => [new URL(`https://${h}/${p.replaceAll("\\", "")}?"\\`).href, String(b)]),
      { selector: ([url]) => url, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(list, fc.integer({ min: 1, max: 100 }), async (all, maxUrls) => {
        const messages = await group(all, maxUrls);
        const sent = messages.flatMap(({ urls }) => urls.map(({ url, bytes }) => [url, String(bytes ?? "")]));
        expect(sent.toSorted()).toEqual(all.toSorted());
        for (const message of messages) {
          expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
          expect(message.urls.map(({ url }) => requestHost(OWN, new URL(url)))).toEqual(
            message.urls.map(() => message.host),
          );
          if (message.urls.length === 1) continue;
          expect(message.urls.length).toBeLessThanOrEqual(maxUrls);
          expect(message.urls.reduce((sum, { bytes }) => sum + (bytes ?? MIB), 0)).toBeLessThanOrEqual(16 * MIB);
          expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        }
      }),
    );
  });
});

describe("how many URLs a message may have", () => {
  it.each([
    [0, 1, 1],
    [63, 1, 1],
    [127, 1, 1],
    [128, 1, 2],
    [6_400, 1, 100],
    [1_000_000, 1, 100],
    [6_400, 10, 10],
    [6_400, 300, 1],
    [6_400, 0, 100],
  ])("%i tasks for %i instances: %i", (tasks, instances, urls) => {
    expect(urlsPerMessage(tasks, instances)).toBe(urls);
  });
});

describe("a URL", () => {
  it.each([
    [16 * MIB, false],
    [16 * MIB + 1, true],
    [0, false],
    [null, false],
  ])("of %s bytes is large: %s", (bytes, large) => {
    expect(isLarge({ url: "https://cdn.example.com/1", bytes })).toBe(large);
  });

  it("weighs its bytes, and 1 MiB if nobody knows them", () => {
    expect([0, 7, null].map((bytes) => weight({ url: "https://cdn.example.com/1", bytes }))).toEqual([0, 7, MIB]);
  });
});

const message: TaskMessage = {
  req_id: "r1",
  pop: "SIN2-P1",
  ips: ["192.0.2.1"],
  host: "d111111abcdef8.cloudfront.net",
  header: [],
  shards: 1,
  urls: [
    { url: "https://cdn.example.com/a.js", bytes: 10 },
    { url: "https://cdn.example.com/b.js", bytes: null },
  ],
};

describe("a task message", () => {
  it("is read as it was written, with all that it may have", () => {
    const full = fullTaskMessage();
    expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  it("of a newer release is read without what is new in it", () => {
    expect(taskMessageSchema.parse({ ...message, added_by_a_newer_release: { any: ["thing"] } })).toEqual(message);
  });

  it.each(Object.keys(message))("is not valid without %s", (field) => {
    expect(taskMessageSchema.safeParse({ ...message, [field]: undefined }).success).toBe(false);
  });

  it.each([
    ["no request", { req_id: "" }],
    ["no URL", { urls: [] }],
    ["an empty URL", { urls: [{ url: "", bytes: 1 }] }],
    ["a URL without a size", { urls: [{ url: "https://a.example/" }] }],
    ["a negative size", { urls: [{ url: "https://a.example/", bytes: -1 }] }],
    ["no shard", { shards: 0 }],
    ["a header that is no list", { header: "A: 1" }],
  ])("is not valid with %s", (_, change) => {
    expect(taskMessageSchema.safeParse({ ...message, ...change }).success).toBe(false);
  });
});

it.each([undefined, null, 7, "cf_domain", ["cf_domain"], true])("a body that is no object is rejected: %j", (body) => {
  expect(taskMessageSchema.safeParse(body).success).toBe(false);
});
