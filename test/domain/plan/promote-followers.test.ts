import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FinishedUrl,
  type LeadResult,
  promoteFollowers,
  withoutQueuedFollowers,
} from "../../../domain/plan/followers.ts";
import { type TaskUrl, taskKey } from "../../../domain/plan/task.ts";
import { messagesOf, type TaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { failureReasons } from "../../../domain/result/failure.ts";
import { taskResultSchema } from "../../../domain/result/task-result.ts";
import { taskMessage } from "../../agent/task-messages.ts";
import { collect } from "../../collect.ts";
import { LABEL, readyTarget } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const EXPIRE_AT = 1_800_000_000;
const GOOD: LeadResult = { ok: true };
const NOT_FOUND: LeadResult = { ok: false, reason: "http_4xx", http_status: 404 };
const NOT_KEPT: LeadResult = { ok: false, reason: "not_kept", http_status: 200 };
const SLOW: LeadResult = { ok: false, reason: "timeout" };
const REFUSED: LeadResult = { ok: false, reason: "connection" };
const follower = (pop: string) => ({ pop, ips: [`${pop}'s`] });
const [A, B, C] = ["a", "b", "c"].map((path): TaskUrl => ({ url: `https://cdn.example.com/${path}`, bytes: 10 })) as [
  TaskUrl,
  TaskUrl,
  TaskUrl,
];
const LEAD = taskMessage({
  req_id: "r1",
  pop: "P1",
  header: ["A: 1"],
  verify: "addresses",
  tries: 2,
  urls: [A, B, C],
  origin: { requests_per_second: 5 },
  followers: ["P2", "P3", "P4"].map(follower),
});
const { req_id, header, verify, shards, origin, host } = LEAD;
const SHARED = { req_id, header, verify, shards, origin, host };
const to = (pop: string, urls: TaskUrl[], more: object) => ({ ...SHARED, ...follower(pop), urls, ...more });
const done = (lead: TaskMessage, ...results: readonly (readonly [TaskUrl, LeadResult])[]) =>
  promoteFollowers(
    lead,
    results.map(([url, result]) => ({ url, result })),
    false,
    EXPIRE_AT,
  );

describe("a lead", () => {
  it("sends its followers after the URLs that its REC has", () => {
    const { messages, skipped } = done(LEAD, [A, GOOD], [C, GOOD]);
    expect(messages).toEqual(["P2", "P3", "P4"].map((pop) => to(pop, [A, C], { follows: true, led_by: "P1" })));
    expect(skipped).toEqual([]);
  });

  it("tells nobody how often its own POP was tried", () => {
    const tried = { ...A, attempts: 2, first_attempt_at: 1_700_000_000_000 };
    expect(done(LEAD, [tried, GOOD]).messages.map(({ urls }) => urls)).toEqual([[A], [A], [A]]);
    expect(done(LEAD, [tried, REFUSED]).messages.map(({ urls }) => urls)).toEqual([[A]]);
  });

  it("sends them without saying that the REC has it where nothing shows that", () => {
    const { messages } = done(LEAD, [A, GOOD], [C, { ...GOOD, rec_unsure: true }]);
    expect(messages).toEqual([
      ...["P2", "P3", "P4"].map((pop) => to(pop, [A], { follows: true, led_by: "P1" })),
      ...["P2", "P3", "P4"].map((pop) => to(pop, [C], {})),
    ]);
  });

  it("whose POP failed makes the next one lead", () => {
    const { messages } = done(LEAD, [A, REFUSED]);
    expect(messages).toEqual([to("P2", [A], { followers: ["P3", "P4"].map(follower) })]);
  });

  it("that failed at the origin says so to the next one, each failure by itself", () => {
    const { messages } = done(LEAD, [A, NOT_FOUND], [B, SLOW], [C, NOT_FOUND]);
    const more = (first_failure: string) => ({
      followers: ["P3", "P4"].map(follower),
      origin_failures: 1,
      first_failure,
    });
    expect(messages).toEqual([to("P2", [A, C], more("P1 (HTTP 404)")), to("P2", [B], more("P1 (timeout)"))]);
  });

  it("passes the earlier origin failure to the next lead when only its own POP fails", () => {
    const told = { origin_failures: 1, first_failure: "P0 (HTTP 502)" };
    const { messages } = done({ ...LEAD, ...told }, [A, REFUSED]);
    expect(messages).toEqual([to("P2", [A], { followers: ["P3", "P4"].map(follower), ...told })]);
  });

  it("that AWS WAF answered does not decide for the others, though another one had failed at the origin", () => {
    const told = { origin_failures: 1, first_failure: "P0 (HTTP 502)" };
    const { messages, skipped } = done({ ...LEAD, ...told }, [A, { ok: false, reason: "waf", http_status: 405 }]);
    expect(messages).toEqual([to("P2", [A], { followers: ["P3", "P4"].map(follower), ...told })]);
    expect(skipped).toEqual([]);
  });

  it("passes on `origin_failures` without `first_failure` when it received none", () => {
    const { messages } = done({ ...LEAD, origin_failures: 1 }, [A, REFUSED]);
    expect(messages).toEqual([to("P2", [A], { followers: ["P3", "P4"].map(follower), origin_failures: 1 })]);
    expect(messages[0]?.first_failure).toBeUndefined();
  });

  it("that is the second to fail at the origin decides for all others, by name", () => {
    const second = { ...LEAD, origin_failures: 1, first_failure: "P0 (HTTP 404)" };
    const { messages, skipped } = done(second, [A, { ok: false, reason: "http_5xx", http_status: 502 }]);
    expect(messages).toEqual([]);
    expect(skipped.map(({ pop, url }) => `${pop} ${url}`)).toEqual(["P2", "P3", "P4"].map((pop) => `${pop} ${A.url}`));
    for (const result of skipped) {
      expect(taskResultSchema.parse(result)).toMatchObject({
        ...taskKey("r1", { pop: result.pop, url: A.url }, shards),
        ok: false,
        reason: "not_asked",
        attempts: 0,
        bytes: 0,
        expire_at: EXPIRE_AT,
        outcome: "failed",
        error:
          "NOT_ASKED: Skipped: two POPs under this REC already failed at the origin or did not keep the object: P0 (HTTP 404), P1 (HTTP 502)",
      });
    }
  });

  it("that is the second without a hit after its download decides for all others, by name", () => {
    const { messages, skipped } = done({ ...LEAD, not_kept_at: "P0" }, [A, NOT_KEPT]);
    expect(messages).toEqual([]);
    expect(skipped.map(({ pop, error }) => [pop, error])).toEqual(
      ["P2", "P3", "P4"].map((pop) => [pop, expect.stringContaining("keep the object: P0 (not_kept), P1 (not_kept)")]),
    );
  });

  it("that saw no hit after its download says so to the next one", () => {
    const { messages } = done(LEAD, [A, NOT_KEPT]);
    expect(messages).toEqual([to("P2", [A], { followers: ["P3", "P4"].map(follower), not_kept_at: "P1" })]);
  });

  it("that saw a hit after its download releases the others, without saying that the REC has it", () => {
    const { messages, skipped } = done({ ...LEAD, not_kept_at: "P0" }, [A, { ...NOT_KEPT, hit_after_download: true }]);
    expect(messages).toEqual(["P2", "P3", "P4"].map((pop) => to(pop, [A], {})));
    expect(skipped).toEqual([]);
  });

  it.each([
    [
      "a failure at the origin, if it is not kept",
      { origin_failures: 1, first_failure: "P0 (HTTP 404)" },
      NOT_KEPT,
      "P1",
    ],
    ["an object that is not kept, if the origin fails", { not_kept_at: "P0" }, NOT_FOUND, "P0"],
  ])("does not decide after %s: a third one leads", (_, told, result, not_kept_at) => {
    const { messages, skipped } = done({ ...LEAD, ...told }, [A, result]);
    expect(messages).toMatchObject([
      { pop: "P2", followers: [{ pop: "P3" }, { pop: "P4" }], origin_failures: 1, not_kept_at },
    ]);
    expect(skipped).toEqual([]);
  });

  it("returns to the queue as two messages if some followers are queued: only the other URLs keep followers", () => {
    const parts = withoutQueuedFollowers(LEAD, new Set([B]));
    const { followers: _, ...alone } = LEAD;
    expect(parts).toEqual([
      { ...LEAD, urls: [A, C] },
      { ...alone, urls: [B] },
    ]);
    expect(withoutQueuedFollowers(LEAD, new Set())).toEqual([LEAD]);
    expect(withoutQueuedFollowers(LEAD, new Set([A, B, C]))).toEqual([alone]);
  });

  it("whose object arrived after another's failure has followers all the same", () => {
    const { messages } = done({ ...LEAD, origin_failures: 1, first_failure: "P0 (HTTP 404)" }, [A, GOOD]);
    expect(messages).toEqual(["P2", "P3", "P4"].map((pop) => to(pop, [A], { follows: true, led_by: "P1" })));
  });

  it("with one follower makes it lead nobody", () => {
    const { messages } = done({ ...LEAD, followers: [follower("P2")] }, [A, NOT_FOUND]);
    expect(messages).toEqual([to("P2", [A], { origin_failures: 1, first_failure: "P1 (HTTP 404)" })]);
  });

  it.each([
    ["that leads nobody", { ...LEAD, followers: undefined }, [[A, GOOD]] as const],
    ["of which nothing has ended", LEAD, [] as const],
  ])("%s hands nothing over", (_, lead, results) => {
    expect(done(taskMessageSchema.parse(lead), ...results)).toEqual({ messages: [], skipped: [] });
  });

  it("keeps the variants of a URL in their order", () => {
    const forms = ["br", "gzip", "plain"].map((variant) => ({ ...A, variant }));
    const { messages } = done({ ...LEAD, urls: forms }, ...forms.map((form) => [form, GOOD] as const));
    for (const { urls } of messages) expect(urls).toEqual(forms);
    const [skipped] = done({ ...LEAD, origin_failures: 1 }, [{ ...A, variant: "br" }, NOT_FOUND]).skipped;
    expect(skipped).toMatchObject({ variant: "br", pop_url: `P2#${A.url}#br` });
    expect(skipped?.error).toMatch(/keep the object: another POP of its REC, P1 \(HTTP 404\)$/);
  });

  it("marks its messages `again` if it may have sent them before", () => {
    const ended: FinishedUrl[] = [
      { url: A, result: GOOD },
      { url: B, result: REFUSED },
    ];
    const { messages } = promoteFollowers(LEAD, ended, true, EXPIRE_AT);
    expect(messages.map(({ pop, again }) => [pop, again])).toEqual(["P2", "P3", "P4", "P2"].map((pop) => [pop, true]));
  });
});

describe("whatever comes of each task", () => {
  const POPS = ["NRT57-P3", "KIX50-C1", "NRT20-C1", "FRA56-P4", "MUC50-P1", "PVG52-E1"];
  const forms = (paths: number, variants: readonly string[]): TaskUrl[] =>
    Array.from({ length: paths }, (_, i) =>
      variants.map((variant) => ({ url: `https://x.example/${i}`, bytes: 1, variant })),
    ).flat();
  const idOf = (pop: string, { url, variant }: { readonly url: string; readonly variant?: string | undefined }) =>
    `${pop} ${url} ${variant}`;
  const result = fc.oneof(
    fc.constant(GOOD),
    fc.record({
      ok: fc.constant(false),
      reason: fc.constantFrom(...failureReasons),
      http_status: fc.constantFrom(undefined, 200, 404, 503),
    }),
  );
  const plans = {
    pops: fc.subarray(POPS, { minLength: 1 }),
    urls: fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.subarray(["br", "gzip", "plain"], { minLength: 1 }))
      .map(([n, names]) => forms(n, names)),
    maxUrls: fc.integer({ min: 1, max: 9 }),
  };
  /** One a task, by a number that goes on. */
  const results = fc.array(result, { minLength: 1, maxLength: 50 });

  const leadsOf = ({ pops, urls, maxUrls }: { pops: string[]; urls: TaskUrl[]; maxUrls: number }) => {
    const plan = planOf(
      [{ label: LABEL, names: [] }],
      pops.map((pop) => readyTarget(pop)),
      "lead-first",
    );
    return collect(messagesOf({ req_id: "r1", header: [], shards: 3 }, plan.unsentLeads(urls), { maxUrls }));
  };

  /** Works through all messages and what they lead to. `seen` has each task that was done or decided. */
  const workThrough = (
    messages: TaskMessage[],
    comes: readonly LeadResult[],
    each: (message: TaskMessage) => TaskMessage[],
  ) => {
    const seen: string[] = [];
    const asked = new Map<string, number>();
    const queue = [...messages];
    for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
      expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
      const { pop, urls } = message;
      const ended = urls.map((url): FinishedUrl => ({ url, result: comes[seen.length % comes.length] ?? GOOD }));
      seen.push(...urls.map((url) => idOf(pop, url)));
      for (const url of urls) asked.set(idOf("", url), (asked.get(idOf("", url)) ?? 0) + 1);
      const { messages: next, skipped } = promoteFollowers(message, ended, false, EXPIRE_AT);
      seen.push(...skipped.map((it) => idOf(it.pop, it)));
      queue.push(...next.flatMap(each));
    }
    return { seen, asked };
  };

  it("it has exactly one result, or is in exactly one message", async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(plans), results, async (given, comes) => {
        const { seen } = workThrough(await leadsOf(given), comes, (message) => [message]);
        const planned = given.pops.flatMap((pop) => given.urls.map((url) => idOf(pop, url)));
        expect(seen.toSorted()).toEqual(planned.toSorted());
      }),
    );
  });

  it("followers of a lead can be promoted in several parts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(plans), results, async (given, comes) => {
        const inParts = (message: TaskMessage) => message.urls.map((url) => ({ ...message, urls: [url] }));
        const { seen } = workThrough((await leadsOf(given)).flatMap(inParts), comes, inParts);
        const planned = given.pops.flatMap((pop) => given.urls.map((url) => idOf(pop, url)));
        expect(seen.toSorted()).toEqual(planned.toSorted());
      }),
    );
  });

  it("promoting a lead's followers twice loses no task and adds none", async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(plans), results, fc.nat(), async (given, comes, at) => {
        const messages = await leadsOf(given);
        const twice = messages[at % messages.length];
        const { seen } = workThrough(twice === undefined ? messages : [...messages, twice], comes, (message) => [
          message,
        ]);
        const planned = given.pops.flatMap((pop) => given.urls.map((url) => idOf(pop, url)));
        expect(new Set(seen)).toEqual(new Set(planned));
      }),
    );
  });

  it("of what fails at the origin, two POPs of each REC ask and no more", async () => {
    const given = { pops: POPS, urls: forms(4, ["br"]), maxUrls: 2 };
    const { asked } = workThrough(await leadsOf(given), [NOT_FOUND], (message) => [message]);
    // Tokyo's three and Frankfurt's two are asked twice, the one in China once.
    expect([...asked.values()]).toEqual([5, 5, 5, 5]);
  });
});
