import fc from "fast-check";
import {
  classifyLead,
  endedOf,
  type FinishedUrl,
  type LeadKind,
  type LeadResult,
  promoteFollowers,
  resultKeys,
  withoutQueuedFollowers,
} from "../../../domain/plan/followers.ts";
import { type TaskUrl, taskKey } from "../../../domain/plan/task.ts";
import { messagesOf, type TaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { failureReasons } from "../../../domain/result/failure.ts";
import { taskResultSchema } from "../../../domain/result/task-result.ts";
import { fullTaskMessage } from "../../agent/task-messages.ts";
import { collect, times } from "../../collect.ts";
import { LABEL, readyTarget } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const EXPIRE_AT = 1_800_000_000;
const GOOD: LeadResult = { ok: true };
const NOT_FOUND: LeadResult = { ok: false, reason: "http_4xx", http_status: 404 };
const NOT_KEPT: LeadResult = { ok: false, reason: "not_kept", http_status: 200 };
const SLOW: LeadResult = { ok: false, reason: "timeout" };
const REFUSED: LeadResult = { ok: false, reason: "connection" };
const follower = (pop: string) => ({ pop, ips: [`${pop}'s`] });
const urlOf = (path: string): TaskUrl => ({ url: `https://cdn.example.com/${path}`, bytes: 10 });
const [A, B, C] = [urlOf("a"), urlOf("b"), urlOf("c")] as const;
/** Every other field that a message may have has a value that no other field has. */
const { origin_failures: _, first_failure: __, not_kept_at: ___, ...FULL } = fullTaskMessage();
const LEAD: TaskMessage = {
  ...FULL,
  scope: "pop",
  pop: "P1",
  urls: [A, B, C],
  followers: ["P2", "P3", "P4"].map(follower),
};
const { req_id, header, variants, verify, downloads, scope, shards, origin, host } = LEAD;
const SHARED = { req_id, header, variants, verify, downloads, scope, shards, origin, host };
const FAILED_BEFORE = { origin_failures: 1, first_failure: "P0 (HTTP 404)" };
const FAILED_HERE = "origin_failures: 1; first_failure: P1 (HTTP 404)";
const IN_REC = "follows: true; led_by: P1";

/** @param results by the path of their URL */
const done = (lead: TaskMessage, results: Readonly<Record<string, LeadResult>>, again = false) => {
  const ended = Object.entries(results).map(([path, result]) => ({ url: urlOf(path), result }));
  return promoteFollowers(lead, ended, again, EXPIRE_AT);
};

/** A message as `POP > followers: paths; facts`. All else is as in the lead's. */
function show({ pop, ips, urls, followers = [], ...rest }: TaskMessage): string {
  expect({ ...rest, pop, ips }).toMatchObject({ ...SHARED, ...follower(pop) });
  expect(urls).toEqual(urls.map(({ url }) => urlOf(url.slice(-1))));
  const facts = Object.entries(rest).filter(([name, value]) => !(name in SHARED) && value !== undefined);
  const paths = urls.map(({ url }) => url.slice(-1)).join(" ");
  return [`${[pop, ...followers.map((it) => it.pop)].join(" > ")}: ${paths}`, ...facts.map((it) => it.join(": "))].join(
    "; ",
  );
}
const toAll = (told: string) => ["P2", "P3", "P4"].map((pop) => `${pop}: ${told}`);

describe("what a lead's result means for those that wait", () => {
  const refused = (reason: LeadResult["reason"], http_status: number): LeadResult => ({
    ok: false,
    reason,
    http_status,
  });
  const CACHED = { state: "cached", isInRec: true } as const;
  const CACHED_AT_POP = { state: "cached", isInRec: false } as const;
  const POP_FAILED = { state: "pop_failed" } as const;
  const failedWith = (observed: string) => ({ state: "origin_failed", observed }) as const;

  it.each<[string, LeadResult, LeadKind]>([
    ["it is good", GOOD, CACHED],
    ["it is good, and may be so at the edge alone", { ok: true, rec_unsure: true }, CACHED_AT_POP],
    [
      "it is in the REC, though the POP's own first hit left that open",
      { ...GOOD, outcome: "regional", rec_unsure: true },
      CACHED,
    ],
    ["the origin answers 404", NOT_FOUND, failedWith("HTTP 404")],
    ["no answer", SLOW, failedWith("timeout")],
    ["not kept", NOT_KEPT, { state: "not_kept" }],
    ["not kept after two downloads", { ...NOT_KEPT, rounds: 2 }, { state: "not_kept" }],
    ["not kept, though a check was a hit", { ...NOT_KEPT, hit_after_download: true }, CACHED_AT_POP],
    ["the download was good, and the second one timed out", { ...SLOW, rounds: 1 }, POP_FAILED],
    ["the download was good, and the second one was refused", { ...refused("http_5xx", 503), rounds: 1 }, POP_FAILED],
    ["its message was given up", { ok: false, reason: "lost" }, failedWith("lost")],
    ["no connection", REFUSED, POP_FAILED],
    ["another POP answers", refused("other_pop", 200), POP_FAILED],
    ["AWS WAF answers at the edge, which says nothing of the origin", refused("waf", 202), POP_FAILED],
    ["AWS WAF asks for a CAPTCHA, though its status is a 4xx", refused("waf", 405), POP_FAILED],
    ["the origin answers 202", refused("not_cacheable", 202), failedWith("not_cacheable")],
    ["a function at the edge answers", refused("generated", 200), failedWith("generated")],
    ["a custom error page with 200", refused("error_page", 200), failedWith("error_page")],
    ["no reason is stored", { ok: false, http_status: 502 }, failedWith("HTTP 502")],
    ["nothing is stored", { ok: false }, POP_FAILED],
  ])("%s", (_, result, kind) => expect(classifyLead(result)).toEqual(kind));

  it.each<LeadResult["outcome"]>(["warm", "hit"])(
    "with scope regional, a good result with the outcome %s shows nothing of the REC",
    (outcome) => expect(classifyLead({ ok: true, outcome }, { scope: "regional" })).toEqual(POP_FAILED),
  );
});

it("with scope regional, two leads whose answers name no cache are enough", () => {
  const done: LeadResult = { ok: true, outcome: "done" };
  expect(classifyLead(done, { scope: "regional" })).toEqual({ state: "origin_failed", observed: "no x-cache" });
  expect(classifyLead(done)).toEqual({ state: "cached", isInRec: true });
});

describe("the next lead of a URL, with scope regional", () => {
  const lead: TaskMessage = { ...LEAD, scope: "regional", queued_at: 1_000, urls: [A] };

  it("counts the bytes of the lead whose result is not written", () => {
    const { messages } = done(lead, { a: { ...REFUSED, transferred_bytes: 17 } });
    expect(messages).toMatchObject([
      { pop: "P2", task_pop: "P1", queued_at: 1_000, urls: [{ transferred_bytes: 17 }] },
    ]);
  });

  it("counts its own bytes alone where each POP has a task", () => {
    const sampled = { ...A, sample: true as const };
    const ended = [{ url: sampled, result: { ...REFUSED, transferred_bytes: 17 } }];
    const { messages } = promoteFollowers({ ...lead, urls: [sampled] }, ended, false, EXPIRE_AT);
    expect(messages[0]?.urls[0]?.transferred_bytes).toBeUndefined();
  });
});

it("the results of a message's URLs are returned in message order, without `not_asked`", () => {
  const [first = "", second = "", third = ""] = resultKeys(LEAD).map(({ pop_url }) => pop_url);
  const existing = new Map<string, LeadResult>([
    [third, NOT_FOUND],
    [second, { ok: false, reason: "not_asked" }],
    [first, GOOD],
    ["P2#x", GOOD],
  ]);
  expect(endedOf(LEAD, existing)).toEqual([
    { url: A, result: GOOD },
    { url: C, result: NOT_FOUND },
  ]);
});

it("the results of a message's URLs have keys of their own for each variant", () => {
  const urls = ["br", "gzip"].map((variant) => ({ ...A, variant }));
  const keys = urls.map((url) => taskKey(req_id, { ...url, pop: "P1" }, shards));
  expect(resultKeys({ ...LEAD, urls })).toEqual(keys);
});

describe("a lead", () => {
  it.each<[string, told: Partial<TaskMessage>, results: Record<string, LeadResult>, messages: string[]]>([
    ["sends its followers after the URLs that its REC has", {}, { a: GOOD, c: GOOD }, toAll(`a c; ${IN_REC}`)],
    [
      "sends them without saying that the REC has it where nothing shows that",
      {},
      { a: GOOD, c: { ...GOOD, rec_unsure: true } },
      [...toAll(`a; ${IN_REC}`), ...toAll("c")],
    ],
    ["whose POP failed makes the next one lead", {}, { a: REFUSED }, ["P2 > P3 > P4: a"]],
    [
      "that failed at the origin says so to the next one, each failure by itself",
      {},
      { a: NOT_FOUND, b: SLOW, c: NOT_FOUND },
      [`P2 > P3 > P4: a c; ${FAILED_HERE}`, "P2 > P3 > P4: b; origin_failures: 1; first_failure: P1 (timeout)"],
    ],
    [
      "passes on an earlier origin failure",
      FAILED_BEFORE,
      { a: REFUSED },
      ["P2 > P3 > P4: a; origin_failures: 1; first_failure: P0 (HTTP 404)"],
    ],
    [
      "passes on a failure without its name",
      { origin_failures: 1 },
      { a: REFUSED },
      ["P2 > P3 > P4: a; origin_failures: 1"],
    ],
    ["that saw no hit says so to the next one", {}, { a: NOT_KEPT }, ["P2 > P3 > P4: a; not_kept_at: P1"]],
    [
      "that saw a hit after its download releases the others, without saying that the REC has it",
      { not_kept_at: "P0" },
      { a: { ...NOT_KEPT, hit_after_download: true } },
      toAll("a"),
    ],
    [
      "that saw no hit after another's failure at the origin makes a third one lead",
      FAILED_BEFORE,
      { a: NOT_KEPT },
      ["P2 > P3 > P4: a; origin_failures: 1; first_failure: P0 (HTTP 404); not_kept_at: P1"],
    ],
    [
      "that failed at the origin after another saw no hit makes a third one lead",
      { not_kept_at: "P0" },
      { a: NOT_FOUND },
      [`P2 > P3 > P4: a; ${FAILED_HERE}; not_kept_at: P0`],
    ],
    [
      "whose object arrived after another's failure has followers all the same",
      FAILED_BEFORE,
      { a: GOOD },
      toAll(`a; ${IN_REC}`),
    ],
    [
      "with one follower makes it lead nobody",
      { followers: [follower("P2")] },
      { a: NOT_FOUND },
      [`P2: a; ${FAILED_HERE}`],
    ],
    ["that leads nobody promotes nobody", { followers: undefined }, { a: GOOD }, []],
    ["of which nothing has ended promotes nobody", {}, {}, []],
  ])("%s", (_, told, results, expected) => {
    const { messages, skipped } = done({ ...LEAD, ...told }, results);
    expect([messages.map(show), skipped]).toEqual([expected, []]);
  });

  it("passes on no attempts at its own POP", () => {
    const ended = [{ url: { ...A, attempts: 2, first_attempt_at: 1 }, result: REFUSED }];
    expect(promoteFollowers(LEAD, ended, false, EXPIRE_AT).messages.map(show)).toEqual(["P2 > P3 > P4: a"]);
  });

  it("that is the second to fail at the origin decides for all others, by name", () => {
    const { messages, skipped } = done({ ...LEAD, ...FAILED_BEFORE }, { a: { ...NOT_FOUND, http_status: 502 } });
    expect(messages).toEqual([]);
    expect(skipped.map(({ pop, url }) => `${pop} ${url}`)).toEqual(["P2", "P3", "P4"].map((pop) => `${pop} ${A.url}`));
    for (const result of skipped) {
      expect(taskResultSchema.parse(result)).toMatchObject({
        ...taskKey(req_id, { pop: result.pop, url: A.url }, shards),
        req_id,
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
    const { messages, skipped } = done({ ...LEAD, not_kept_at: "P0" }, { a: NOT_KEPT });
    expect(messages).toEqual([]);
    expect(skipped.map(({ pop, error }) => [pop, error])).toEqual(
      ["P2", "P3", "P4"].map((pop) => [pop, expect.stringContaining("keep the object: P0 (not_kept), P1 (not_kept)")]),
    );
  });

  it("returns to the queue as two messages if some followers are queued: only the other URLs keep followers", () => {
    const alone = { ...LEAD, followers: undefined };
    expect(withoutQueuedFollowers(LEAD, new Set([B]))).toEqual([
      { ...LEAD, urls: [A, C] },
      { ...alone, urls: [B] },
    ]);
    expect(withoutQueuedFollowers(LEAD, new Set())).toEqual([LEAD]);
    expect(withoutQueuedFollowers(LEAD, new Set([A, B, C]))).toEqual([alone]);
  });

  it("keeps the variants of a URL in their order", () => {
    const forms = ["br", "gzip", "plain"].map((variant) => ({ ...A, variant }));
    const ended = forms.map((url) => ({ url, result: GOOD }));
    const { messages } = promoteFollowers({ ...LEAD, urls: forms }, ended, false, EXPIRE_AT);
    for (const { urls } of messages) expect(urls).toEqual(forms);
    const failed = [{ url: { ...A, variant: "br" }, result: NOT_FOUND }];
    const [skipped] = promoteFollowers({ ...LEAD, origin_failures: 1 }, failed, false, EXPIRE_AT).skipped;
    expect(skipped).toMatchObject({ variant: "br", pop_url: `P2#${A.url}#br` });
    expect(skipped?.error).toMatch(/keep the object: another POP of its REC, P1 \(HTTP 404\)$/);
  });

  it("marks its messages `again` if it may have sent them before", () => {
    const { messages } = done(LEAD, { a: GOOD, b: REFUSED }, true);
    expect(messages.map(({ pop, again }) => [pop, again])).toEqual(["P2", "P3", "P4", "P2"].map((pop) => [pop, true]));
  });
});

describe("whatever comes of each task", () => {
  const POPS = ["NRT57-P3", "KIX50-C1", "NRT20-C1", "FRA56-P4", "MUC50-P1", "PVG52-E1"];
  const forms = (paths: number, variants: readonly string[]): TaskUrl[] =>
    times(paths, (i) => variants.map((variant) => ({ url: `https://x.example/${i}`, bytes: 1, variant }))).flat();
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

  const whole = (message: TaskMessage) => [message];
  const inParts = (message: TaskMessage) => message.urls.map((url) => ({ ...message, urls: [url] }));
  const planned = ({ pops, urls }: { pops: string[]; urls: TaskUrl[] }) =>
    pops.flatMap((pop) => urls.map((url) => idOf(pop, url))).toSorted();

  it("it has exactly one result, or is in exactly one message, if followers are promoted at once or in parts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(plans), results, fc.constantFrom(whole, inParts), async (given, comes, parts) => {
        const { seen } = workThrough((await leadsOf(given)).flatMap(parts), comes, parts);
        expect(seen.toSorted()).toEqual(planned(given));
      }),
      { numRuns: 200 },
    );
  });

  it("of what fails at the origin, two POPs of each REC ask and no more", async () => {
    const given = { pops: POPS, urls: forms(4, ["br"]), maxUrls: 2 };
    const { asked } = workThrough(await leadsOf(given), [NOT_FOUND], whole);
    // Tokyo's three and Frankfurt's two are asked twice, the one in China once.
    expect([...asked.values()]).toEqual([5, 5, 5, 5]);
  });
});
