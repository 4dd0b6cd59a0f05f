import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { processMessage } from "../../../agent/receive/process-message.ts";
import type { MessageDeps } from "../../../agent/receive/return-to-queue.ts";
import type { LeadResult } from "../../../domain/plan/followers.ts";
import { type TaskUrl, taskKey } from "../../../domain/plan/task.ts";
import { messagesOf, type TaskMessage } from "../../../domain/plan/task-message.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { collect } from "../../collect.ts";
import { LABEL, readyTarget, result } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";
import { fakeDeps, fakeQueue, fakeStore } from "../fake-deps.ts";

const POPS = ["NRT57-P3", "KIX50-C1", "NRT20-C1", "KIX50-P2", "FRA56-P4", "MUC50-P1"];
const URLS: TaskUrl[] = [0, 1, 2].flatMap((n) =>
  ["br", "gzip"].map((variant) => ({ url: `https://x.example/${n}`, bytes: 1, variant })),
);
const SHARDS = 2;

/** One message is worked on at a time. What an agent held that was killed comes again behind all others. */
class World {
  readonly queue: { readonly body: string; receives: number }[] = [];
  readonly results = new Map<string, TaskResult>();
  readonly downloads: string[] = [];
  /** Downloads that a killed agent had begun, without a result. */
  lost = 0;

  /** @param endOf how each download ends, by its number */
  constructor(private readonly endOf: (n: number) => LeadResult) {}

  /** Works through the next message. @param killedAt the call of the agent that it does not come back from */
  async next(killedAt: number | undefined): Promise<void> {
    const message = this.queue.shift();
    if (message === undefined) return;
    message.receives++;
    let calls = 0;
    let die = () => {};
    const death = new Promise<"KILLED">((resolve) => {
      die = () => resolve("KILLED");
    });
    const begun = new Set<string>();
    const call = async <T>(act: () => T): Promise<T> => {
      if (killedAt !== undefined && calls++ >= killedAt) {
        die();
        return new Promise<never>(() => undefined);
      }
      return act();
    };
    const received = { id: "m", receipt: "r", body: message.body, deliveries: message.receives };
    const ended = processMessage(this.deps(call, begun), received, new AbortController().signal);
    if ((await Promise.race([ended, death])) !== "KILLED") return;
    vi.clearAllTimers();
    this.lost += begun.size;
    this.queue.push(message);
  }

  private deps(call: <T>(act: () => T) => Promise<T>, begun: Set<string>): MessageDeps {
    const put = (one: TaskResult) => this.results.set(one.pop_url, one);
    const write = async (one: TaskResult) =>
      call(() => {
        begun.delete(one.pop_url);
        const stands = this.results.get(one.pop_url);
        if (one.ok || stands?.ok !== true) put(one);
      });
    return fakeDeps({
      limiters: { small: new ConcurrencyLimiter(100), large: new ConcurrencyLimiter(100) },
      isActive: () => Promise.resolve(true),
      queue: fakeQueue({
        setVisibilityTimeout: () => Promise.resolve(),
        delete: () => call(() => undefined),
        send: async (messages) => {
          for await (const one of messages)
            await call(() => this.queue.push({ body: JSON.stringify(one), receives: 0 }));
        },
      }),
      store: fakeStore({
        findExisting: (keys) =>
          call(() => {
            const found = keys.flatMap(({ pop_url }) => this.results.get(pop_url) ?? []);
            return new Map(found.map((one) => [one.pop_url, one]));
          }),
        putIfAbsent: async (all) => {
          for (const one of all) await call(() => this.results.has(one.pop_url) || put(one));
        },
      }),
      write,
      download: async (message, url, admission) => {
        const one = await call(() => this.download(message, url, begun));
        // The proof takes two calls of the agent.
        if (one.ok) admission.onDownloaded({ ok: true });
        await call(() => undefined);
        return call(() => one);
      },
    });
  }

  private download({ pop }: TaskMessage, { url, variant }: TaskUrl, begun: Set<string>): TaskResult {
    const key = taskKey("r1", { pop, url, variant }, SHARDS);
    const end = this.endOf(this.downloads.push(key.pop_url));
    begun.add(key.pop_url);
    return { ...result(pop, url), ...key, variant, ...end };
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const end = fc.constantFrom<LeadResult>(
  { ok: true },
  { ok: true },
  { ok: false, reason: "tls" },
  { ok: false, reason: "http_5xx", http_status: 502 },
);

test("an agent that is killed at any call loses nothing, and repeats what it had under way and no more", async () => {
  const kills = fc.array(fc.option(fc.nat(30), { nil: undefined }), { maxLength: 40 });
  const ends = fc.array(end, { minLength: 1, maxLength: 20 });
  let killed = 0;
  await fc.assert(
    fc.asyncProperty(kills, ends, fc.integer({ min: 1, max: 6 }), async (killedAt, all, maxUrls) => {
      const world = new World((n) => all[n % all.length] ?? { ok: true });
      const plan = planOf(
        [{ label: LABEL, names: [] }],
        POPS.map((pop) => readyTarget(pop)),
        "lead-first",
      );
      const source = { req_id: "r1", header: [], shards: SHARDS };
      const leads = await collect(messagesOf(source, plan.unsentLeads(URLS), { maxUrls }));
      world.queue.push(...leads.map((message) => ({ body: JSON.stringify(message), receives: 0 })));
      for (let n = 0; world.queue.length > 0; n++) {
        expect(n).toBeLessThan(2_000);
        await world.next(killedAt[n]);
      }
      const planned = POPS.flatMap((pop) => URLS.map((url) => taskKey("r1", { ...url, pop }, SHARDS).pop_url));
      expect([...world.results.keys()].toSorted()).toEqual(planned.toSorted());
      const repeated = world.downloads.length - new Set(world.downloads).size;
      expect(repeated).toBeLessThanOrEqual(world.lost);
      killed += killedAt.filter((at) => at !== undefined).length;
    }),
    { numRuns: 200 },
  );
  expect(killed).toBeGreaterThan(200);
});
