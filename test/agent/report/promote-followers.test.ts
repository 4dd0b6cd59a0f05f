import { FollowerPromoter } from "../../../agent/report/promote-followers.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { collect } from "../../collect.ts";
import { deferred, turn } from "../deferred.ts";
import { fakeQueue, fakeStore, logger } from "../fake-deps.ts";
import {
  activeFor,
  bad,
  bodyWith,
  done,
  fail,
  moves,
  nameOf,
  type Plan,
  run,
  start,
  urlOf,
} from "../receive/work-world.ts";
import { taskMessage } from "../task-messages.ts";

const PLAN: Plan = { send: done, sendLater: done, hold: done };
/** The message of a lead at P1 whose followers are P2 and P3. */
const leadOf = (more: Partial<TaskMessage>, ...urls: string[]) =>
  bodyWith({ followers: ["P2", "P3"].map((pop) => ({ pop, ips: ["192.0.2.9"] })), ...more }, ...urls);
const lead = (...urls: string[]) => leadOf({}, ...urls);
/** The call by which the followers of these URLs are queued. */
const queued = (urls: string, mark = "") => `send P2 ${urls} follows${mark}, P3 ${urls} follows${mark}`;
/** Fails once. */
const failOnce = () => {
  let calls = 0;
  return () => (calls++ === 0 ? fail("no queue")() : done());
};

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** The last request of a task is deferred. @param downloads good ones before it */
const deferAfter = (downloads: 0 | 1) => {
  let left: number = downloads;
  return async () => {
    await turn();
    if (left-- > 0) return {};
    throw new DeferredError(11_000);
  };
};

test.each<[what: string, body: string, plan: Plan, did: string[]]>([
  [
    "is deleted after its results stand and its followers are queued",
    lead("a", "b"),
    {},
    [
      "active? q",
      "active? q",
      "download a",
      "download b",
      "write a",
      "write b",
      "active? q",
      queued("a+b"),
      "delete r",
    ],
  ],
  [
    "has the results written of what it decides, and then is deleted",
    leadOf({ origin_failures: 1, first_failure: "P0 (HTTP 502)" }, "a"),
    { download: bad, decide: done },
    ["active? q", "download a", "write a", "active? q", "decide P2#a P3#a", "delete r"],
  ],
  [
    "of a request that has ended promotes no followers",
    lead("a"),
    { active: activeFor(1) },
    ["active? q", "download a", "write a", "active? q", "active? q", "delete r"],
  ],
  [
    "that comes again promotes its followers by the stored results and marks them `again`",
    lead("a", "b"),
    { deliveries: 2, standing: async () => ["a", "b"] },
    ["standing? 2", "active? q", queued("a+b", " again"), "delete r"],
  ],
  [
    "that is marked `again` by its sender is processed as a redelivery",
    leadOf({ again: true }, "a"),
    { standing: async () => ["a"] },
    ["standing? 1", "active? q", queued("a", " again"), "delete r"],
  ],
  [
    "that is deferred goes back with its followers",
    lead("a"),
    { download: deferAfter(0) },
    ["active? q", "download a", "active? q", "put off P1 a >P2 >P3, 11 s", "delete r"],
  ],
  [
    "that is deferred after its download goes back without followers: they are queued already",
    leadOf({ downloads: 2 }, "a"),
    { download: deferAfter(1) },
    ["active? q", "download a", "active? q", queued("a"), "download a", "active? q", "put off P1 a, 11 s", "delete r"],
  ],
])("a lead's message %s", async (_, body, plan, did) => {
  expect((await run(body, { ...PLAN, ...plan })).did).toEqual(did);
});

test.each([
  ["queued", {}, { send: fail("no queue") }],
  ["written", { origin_failures: 1 }, { download: bad, decide: fail("no table") }],
])("a lead's message is left to its timeout if what waits cannot be %s", async (_, more, plan) => {
  const { did, ended } = start(leadOf(more, "a"), { ...PLAN, ...plan });
  await expect(ended).rejects.toThrow(/^no /);
  expect(did).not.toContain("delete r");
});

/** The promoter of a lead's message, and what it sends. */
function promoterOf(
  names: readonly string[],
  plan: { readonly send?: () => Promise<void>; readonly variants?: readonly string[] } = {},
) {
  const sent: string[] = [];
  const urls = names.flatMap((name) =>
    (plan.variants ?? [undefined]).map((variant): TaskUrl => ({ url: urlOf(name), bytes: null, variant })),
  );
  const message = taskMessage({ pop: "P1", urls, followers: ["P2", "P3"].map((pop) => ({ pop, ips: ["192.0.2.9"] })) });
  const queue = fakeQueue({
    send: async (messages) => {
      const all = await collect(messages);
      const of = (one: TaskMessage) => one.urls.map(({ url, variant = "" }) => nameOf(url) + variant).join("+");
      sent.push(
        all.map((one) => [one.pop, of(one), one.again === true && "again"].filter(Boolean).join(" ")).join(", "),
      );
      await plan.send?.();
    },
  });
  const promoter = new FollowerPromoter(
    { queue, store: fakeStore(), isActive: async () => true, logger },
    message,
    [],
    false,
  );
  onTestFinished(() => promoter.stop());
  return { promoter, urls, sent, message };
}

describe("a lead's URL whose first download has ended", () => {
  const GOOD = { ok: true };

  test("has its followers queued at once if no other download of the message is in progress, and not again with its result", async () => {
    const { promoter, urls, sent } = promoterOf(["a"]);
    for (const url of urls) promoter.onDownloaded(url, GOOD);
    await turn();
    expect(sent).toEqual(["P2 a, P3 a"]);
    for (const url of urls) promoter.onResult(url, { ok: false, reason: "not_kept" });
    await promoter.finish();
    expect(sent).toEqual(["P2 a, P3 a"]);
  });

  test("waits for the others of its message up to two seconds, so that there are few messages", async () => {
    useFakeTimers();
    const { promoter, urls, sent } = promoterOf(["a", "b", "c"]);
    const [a, b, c] = urls;
    for (const url of [a, b]) if (url !== undefined) promoter.onDownloaded(url, GOOD);
    vi.advanceTimersByTime(1_999);
    await turn();
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    await turn();
    expect(sent).toEqual(["P2 a+b, P3 a+b"]);
    if (c !== undefined) promoter.onDownloaded(c, GOOD);
    await turn();
    expect(sent).toEqual(["P2 a+b, P3 a+b", "P2 c, P3 c"]);
  });

  test("goes back saying that its followers may be queued, if that failed", async () => {
    const { promoter, urls, message } = promoterOf(["a"], { send: fail("no queue") });
    for (const url of urls) promoter.onDownloaded(url, GOOD);
    await turn();
    expect(await promoter.withdraw(message)).toMatchObject([
      { again: true, followers: [{ pop: "P2" }, { pop: "P3" }] },
    ]);
  });

  test("waits for its other variants: a follower asks for them in their order", async () => {
    useFakeTimers();
    const { promoter, urls, sent } = promoterOf(["form", "a"], { variants: ["1", "2"] });
    const [one, two, ...others] = urls;
    if (one !== undefined) promoter.onDownloaded(one, GOOD);
    vi.advanceTimersByTime(2_000);
    await turn();
    expect(sent).toEqual([]);
    if (two !== undefined) promoter.onResult(two, GOOD);
    vi.advanceTimersByTime(2_000);
    await turn();
    expect(sent).toEqual(["P2 form1+form2, P3 form1+form2"]);
    for (const url of others) promoter.onResult(url, GOOD);
    await promoter.finish();
    expect(sent.at(-1)).toBe("P2 a1+a2, P3 a1+a2");
  });

  test("has its followers queued again if that failed before: a part of what SQS refused may be queued", async () => {
    const { promoter, urls, sent } = promoterOf(["a"], { send: failOnce() });
    for (const url of urls) promoter.onDownloaded(url, GOOD);
    await turn();
    await promoter.finish();
    expect(sent).toEqual(["P2 a, P3 a", "P2 a again, P3 a again"]);
  });

  test("promotes nothing more once it is stopped", async () => {
    useFakeTimers();
    const { promoter, urls, sent } = promoterOf(["a", "b"]);
    const [a] = urls;
    if (a !== undefined) promoter.onDownloaded(a, GOOD);
    promoter.stop();
    vi.advanceTimersByTime(10_000);
    await turn();
    expect([sent, vi.getTimerCount()]).toEqual([[], 0]);
  });
});

test.each([
  [{ origin_failures: 1, first_failure: "P0 (timeout)" }, "send P1 b >P2 >P3 P0 (timeout)", queued("a")],
  [{ again: true }, "send P1 b >P2 >P3 again", queued("a", " again")],
])(
  "a lead's message returns with its unfinished URLs and followers when the agent stops; followers of finished URLs are promoted: %o",
  async (message, back, promoted) => {
    const running = deferred<object>();
    const download = (url: string) => (url === "a" ? Promise.resolve({}) : running.promise);
    const { did, ended, stop } = start(leadOf(message, "a", "b"), { ...PLAN, standing: async () => [], download });
    await turn();
    await turn();
    stop();
    running.resolve({ httpStatus: undefined, bytes: 0, failure: { reason: "other", code: "STOPPED" } });
    await ended;
    expect(moves(did)).toEqual([back, promoted, "delete r"]);
  },
);
