import fc from "fast-check";
import { grouped } from "../../../domain/collections.ts";
import { MAX_MESSAGE_BYTES } from "../../../domain/limits.ts";
import type { Task } from "../../../domain/plan/target.ts";
import { fromRow, type TaskUrl } from "../../../domain/plan/task.ts";
import {
  isLarge,
  messagesOf,
  type TaskMessage,
  taskMessageSchema,
  urlsPerMessage,
} from "../../../domain/plan/task-message.ts";
import type { Distribution } from "../../../domain/request/distributions.ts";
import { collect, times } from "../../collect.ts";
import { DOMAIN, fullRequest, LABEL, readyTarget } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const MIB = 2 ** 20;
const REQUEST = { req_id: "r1", header: ["A: 1"], shards: 3 };
const OWN: Distribution = { label: LABEL, domain: DOMAIN, names: [DOMAIN, "cdn.example.com"] };

function group(rows: readonly string[][], maxUrls = 100): Promise<TaskMessage[]> {
  const plan = planOf([OWN], [readyTarget("SIN2-P1")]);
  return collect(messagesOf(REQUEST, plan.unsentLeads(rows.map(fromRow)), { maxUrls }));
}

const row = (i: number, bytes: number | "" = 10, host = "cdn.example.com") => [`https://${host}/${i}`, String(bytes)];
const rows = (n: number, bytes?: number | "") => times(n, (i) => row(i, bytes));
const counts = (messages: TaskMessage[]) => messages.map(({ urls }) => urls.length);

describe("the messages of a target", () => {
  it("carry the request's headers, variants, proof, shards and limits, and their task's POP, host and followers", async () => {
    const { req_id, header, variants, verify, downloads, scope, shards, origin, ...more } = fullRequest();
    const source = { req_id, header, variants, verify, downloads, scope, shards, origin };
    const [leads, follows] = [readyTarget("P1", { ips: ["192.0.2.7"] }), readyTarget("P2", { ips: ["192.0.2.8"] })];
    const url = { url: "https://h.example/1", bytes: 7 };
    const task = { target: leads, host: "host.example", url, followers: [follows] };
    const { pop, ips } = leads;
    expect(await collect(messagesOf({ ...source, ...more }, [task], { maxUrls: 10 }))).toEqual([
      {
        ...source,
        pop,
        ips,
        host: task.host,
        urls: [url],
        followers: [{ pop: follows.pop, ips: follows.ips }],
        queued_at: expect.closeTo(Date.now(), -4),
      },
    ]);
  });

  it("carry how long errors are cached, and until when a retry is of use, where CloudFront does not cache them for ten seconds", async () => {
    const settings = { price_class: "PriceClass_All" as const, behaviours: [] };
    const distributions = [
      { id: "E2", label: "d2", names: [], hosts: ["other.example"] },
      { id: "E1", label: "d1", names: [], hosts: ["h.example"] },
    ];
    const messagesFor = async (error_ttls: Readonly<Record<string, number>>) => {
      const distribution_settings = [
        { ...settings, id: "E1", error_ttls },
        { ...settings, id: "E2", error_ttls: { 503: 90 } },
      ];
      const request = { ...fullRequest(), distributions, distribution_settings };
      const task = { target: readyTarget("P1"), host: "h.example", url: { url: "https://h.example/1", bytes: 7 } };
      const messages = await collect(messagesOf(request, [{ ...task, followers: [] }], { maxUrls: 10 }));
      return messages.map((it) => [it.error_ttls, it.deadline === request.timeout_at]);
    };
    expect(await messagesFor({ 503: 60 })).toEqual([[{ 503: 60 }, true]]);
    expect(await messagesFor({ 404: 60 })).toEqual([[undefined, false]]);
  });

  it.each([
    ["nothing", [], 100, []],
    ["small ones together, up to a number", rows(250), 100, [100, 100, 50]],
    ["up to 16 MiB", rows(9, 4 * MIB), 100, [4, 4, 1]],
    ["a larger one alone", [row(1), row(2, 17 * MIB), row(3), row(4)], 100, [1, 1, 2]],
    ["one of unknown size is taken for 1 MiB", rows(17, ""), 100, [16, 1]],
    ["empty ones weigh nothing", rows(3, 0), 100, [3]],
  ])("%s", async (_, list, maxUrls, expected) => expect(counts(await group(list, maxUrls))).toEqual(expected));

  it("count each URL with its comma among the bytes of a message", async () => {
    // With its comma 249 characters: 100 of them fill a message, and what surrounds them is too much.
    const long = times(100, (i) => {
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
    const all = times(64, (i) => readyTarget(`P${i}`));
    const names = times(200, (i) => `h${i}`);
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

  it("hold every task exactly once, with its target, host and followers, and keep to the limits, whatever the tasks", async () => {
    const pops = times(30, (i) => readyTarget(`NRT${i}-P1`, { ips: Array(4).fill("192.0.2.111") }));
    const length = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8_000 }));
    const object = fc.record({
      target: fc.constantFrom(...pops.slice(0, 2)),
      host: fc.constantFrom("a.example", "b.example"),
      followers: fc.constantFrom([], pops.slice(2, 3), pops.slice(3, 4), pops.slice(4)),
      path: fc.tuple(fc.string({ maxLength: 9 }), length).map(([text, n]) => encodeURI(`${text}"\\`).padEnd(n, "a")),
      bytes: fc.oneof(fc.constant(null), fc.nat(2 * MIB), fc.nat(40 * MIB)),
      variants: fc.subarray(["br", "gzip", "plain"], { minLength: 1 }),
    });
    const objects = fc.uniqueArray(object, { selector: ({ path }) => path, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 100 }), async (all, maxUrls) => {
        const tasks: Task[] = all.flatMap(({ target, host, followers, path, bytes, variants }) =>
          variants.map((variant) => ({
            target,
            host,
            followers,
            url: { url: `https://${host}/${path}`, bytes, variant },
          })),
        );
        const messages = await collect(messagesOf(REQUEST, tasks, { maxUrls }));
        const shown = (at: { pop: string }, host: string, followers: readonly { pop: string }[], url: TaskUrl) =>
          JSON.stringify([at.pop, host, followers.map(({ pop }) => pop), url]);
        const sent = messages.flatMap((it) => it.urls.map((url) => shown(it, it.host, it.followers ?? [], url)));
        expect(sent.toSorted()).toEqual(
          tasks.map(({ target, host, followers, url }) => shown(target, host, followers, url)).toSorted(),
        );
        for (const message of messages) {
          expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
          const { urls } = message;
          const groups = grouped(urls, ({ url }) => url);
          // All variants of a URL are in one message, in their order.
          for (const [url, its] of groups)
            expect(its).toEqual(tasks.filter((task) => task.url.url === url).map((task) => task.url));
          if (groups.size === 1) continue;
          // The variants behind that with which the last URL begins are in the message, whatever comes of the limits.
          const counted = urls.slice(0, urls.findIndex(({ url }) => url === urls.at(-1)?.url) + 1);
          expect(counted.length).toBeLessThanOrEqual(maxUrls);
          expect(counted.reduce((sum, { bytes }) => sum + (bytes ?? MIB), 0)).toBeLessThanOrEqual(16 * MIB);
          expect(Buffer.byteLength(JSON.stringify({ ...message, urls: counted }))).toBeLessThanOrEqual(
            MAX_MESSAGE_BYTES,
          );
        }
      }),
    );
  });
});

it.each([
  [0, 1, 1],
  [128, 1, 2],
  [6_400, 1, 100],
  [1_000_000, 1, 100],
  [6_400, 10, 10],
  [6_400, 300, 1],
])("how many URLs a message may have: %i tasks for %i instances: %i", (tasks, instances, urls) =>
  expect(urlsPerMessage(tasks, instances)).toBe(urls),
);

it.each([
  [16 * MIB, false],
  [16 * MIB + 1, true],
  [null, false],
])("a URL: of %s bytes is large: %s", (bytes, large) => {
  expect(isLarge({ url: "https://cdn.example.com/1", bytes })).toBe(large);
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

it.each(Object.keys(message))("a task message is not valid without %s", (field) =>
  expect(taskMessageSchema.safeParse({ ...message, [field]: undefined }).success).toBe(false),
);

it.each([
  ["no request", { req_id: "" }],
  ["no URL", { urls: [] }],
  ["a URL without a size", { urls: [{ url: "https://a.example/" }] }],
  ["a header that is no list", { header: "A: 1" }],
])("a task message is not valid with %s", (_, change) =>
  expect(taskMessageSchema.safeParse({ ...message, ...change }).success).toBe(false),
);
