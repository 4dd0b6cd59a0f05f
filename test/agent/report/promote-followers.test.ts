import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import type { LeadResult } from "../../../domain/plan/followers.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { deferred, turn } from "../deferred.ts";
import { bad, done, fail, good, type Plan, run, start } from "../receive/work-world.ts";
import { taskMessage } from "../task-messages.ts";

const FOLLOWERS = ["P2", "P3"].map((pop) => ({ pop, ips: ["192.0.2.9"] }));
const all = { send: done };
const urlOf = (url: string): TaskUrl => ({ url, bytes: null });
const leadOf = (more: Partial<TaskMessage> = {}, ...urls: string[]) =>
  JSON.stringify(taskMessage({ req_id: "q", pop: "P1", followers: FOLLOWERS, urls: urls.map(urlOf), ...more }));
const lead = (...urls: string[]) => leadOf({}, ...urls);
const show = ({ pop, urls, followers = [], ...rest }: TaskMessage) =>
  [
    pop,
    urls.map(({ url, variant }) => url + (variant ?? "")).join("+"),
    ...followers.map((it) => `>${it.pop}`),
    ...(rest.follows === true ? ["follows"] : []),
    ...(rest.again === true ? ["again"] : []),
    ...(rest.first_failure === undefined ? [] : [rest.first_failure]),
  ].join(" ");
const shown = (sent: readonly TaskMessage[]) => sent.map(show);

function useFakeTimers(): void {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
}

describe("a lead's message", () => {
  test("is deleted after its results stand and its followers are queued", async () => {
    const { did, sent, unplanned } = await run(lead("a", "b"), all);
    expect(did.slice(-2)).toEqual(["send a b", "delete r"]);
    expect(did.slice(0, -2).filter((what) => what.startsWith("write"))).toEqual(["write a", "write b"]);
    expect(shown(sent)).toEqual(["P2 a+b follows", "P3 a+b follows"]);
    expect(unplanned).toEqual([]);
  });

  test("has the results written of what it decides, and then is deleted", async () => {
    const second = { origin_failures: 1, first_failure: "P0 (HTTP 502)" };
    const { did } = await run(leadOf(second, "a"), { ...all, download: bad, decide: done });
    expect(did.slice(-4)).toEqual(["write a", "active? q", "decide P2#a P3#a", "delete r"]);
  });

  test.each([
    ["queued", {}, { send: fail("no queue") }],
    ["written", { origin_failures: 1 }, { download: bad, decide: fail("no table") }],
  ])("is left to its timeout if what waits cannot be %s", async (_, more, plan) => {
    const { did, ended } = start(leadOf(more, "a"), { ...all, ...plan });
    await expect(ended).rejects.toThrow(/^no /);
    expect(did).not.toContain("delete r");
  });

  test("of a request that has ended promotes no followers", async () => {
    let active = true;
    const download = async () => {
      active = false;
      return {};
    };
    const { sent, did } = await run(lead("a"), { ...all, active: async () => active, download });
    expect([sent, did.at(-1)]).toEqual([[], "delete r"]);
  });

  test("whose results cannot be written promotes no followers: SQS redelivers it", async () => {
    const write = (url: string) => (url === "a" ? done() : Promise.reject(new Error("no table")));
    const { sent, did } = await run(lead("a", "b"), { ...all, write, hold: done });
    expect([sent, did.at(-1)]).toEqual([[], "hold r 20"]);
  });

  test("returns to the queue with its unfinished URLs and followers when the agent stops; followers of finished URLs are promoted", async () => {
    const running = deferred<object>();
    const download = (url: string) => (url === "a" ? good() : running.promise);
    const told = { origin_failures: 1, first_failure: "P0 (timeout)" };
    const { sent, did, ended, stop } = start(leadOf(told, "a", "b"), { ...all, download });
    await turn();
    stop();
    running.resolve({ ok: false });
    await ended;
    expect(shown(sent)).toEqual(["P1 b >P2 >P3 P0 (timeout)", "P2 a follows", "P3 a follows"]);
    expect(did.at(-1)).toBe("delete r");
  });
});

describe("a lead's message that comes again", () => {
  const again = { ...all, deliveries: 2 };

  test("promotes its followers by the stored results and marks them `again`", async () => {
    const { did, sent } = await run(lead("a", "b"), { ...again, standing: async () => ["a", "b"] });
    expect(did).toEqual(["standing? 2", "active? q", "send a b", "delete r"]);
    expect(shown(sent)).toEqual(["P2 a+b follows again", "P3 a+b follows again"]);
  });

  test("marked `again` by its sender is processed as a redelivery and returns to the queue with `again`", async () => {
    const plan = { ...all, standing: async () => ["a"], download: () => new Promise<object>(() => undefined) };
    const { did } = await run(leadOf({ again: true }, "a"), plan);
    expect(did).toEqual(["standing? 1", "active? q", "send a", "delete r"]);
    const running = deferred<object>();
    const second = start(leadOf({ again: true }, "a", "b"), { ...plan, download: () => running.promise });
    await turn();
    second.stop();
    running.resolve({ ok: false });
    await second.ended;
    expect(shown(second.sent)[0]).toBe("P1 b >P2 >P3 again");
  });
});

describe("a lead's URL whose download has ended", () => {
  /** Starts a lead's message of these URLs. Each download, and each proof, ends when the test says so. */
  function startProofs(message: Partial<TaskMessage>, plan: Plan, ...urls: string[]) {
    const ends = new Map(urls.map((url) => [url, deferred<object>()]));
    const downloads = new Map<string, (shown: LeadResult) => void>();
    const download: Plan["download"] = (url, _, onDownloaded) => {
      downloads.set(url, onDownloaded);
      return ends.get(url)?.promise ?? good();
    };
    const tell = (...some: string[]) => {
      for (const url of some) downloads.get(url)?.({ ok: true });
    };
    return {
      ...start(leadOf(message, ...urls), { ...all, download, ...plan }),
      tell,
      downloaded: async (...some: string[]) => {
        await turn();
        tell(...some);
        await turn();
      },
      end: (result: object, ...some: string[]) => {
        for (const url of some) ends.get(url)?.resolve(result);
      },
    };
  }

  test("has its followers queued before its proof ends, if no other download of the message is under way", async () => {
    const { sent, did, ended, downloaded, end } = startProofs({}, {}, "a");
    await downloaded("a");
    expect(shown(sent)).toEqual(["P2 a follows", "P3 a follows"]);
    expect(did).not.toContain("write a");
    end({}, "a");
    await ended;
    expect(sent).toHaveLength(2);
    expect(did.slice(-2)).toEqual(["write a", "delete r"]);
  });

  test("waits for the others of its message up to two seconds, so that there are few messages", async () => {
    useFakeTimers();
    const { sent, ended, tell, end } = startProofs({}, { hold: done }, "a", "b", "c");
    await vi.advanceTimersByTimeAsync(100);
    tell("a", "b");
    await vi.advanceTimersByTimeAsync(1_800);
    expect(shown(sent)).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(shown(sent)).toEqual(["P2 a+b follows", "P3 a+b follows"]);
    tell("c");
    await vi.advanceTimersByTimeAsync(1);
    expect(shown(sent).slice(2)).toEqual(["P2 c follows", "P3 c follows"]);
    end({}, "a", "b", "c");
    await ended;
    expect(sent).toHaveLength(4);
  });

  test("does not promote its followers again if its proof fails", async () => {
    const { sent, ended, downloaded, end } = startProofs({ not_kept_at: "P0" }, {}, "a");
    await downloaded("a");
    end({ ok: false, reason: "not_kept" }, "a");
    await ended;
    expect(shown(sent)).toEqual(["P2 a follows", "P3 a follows"]);
  });

  test("goes back without followers when the agent stops: they are queued already", async () => {
    const { sent, did, ended, stop, downloaded, end } = startProofs({}, { hold: done }, "a", "b");
    await downloaded("a", "b");
    stop();
    end({ ok: false }, "a", "b");
    await ended;
    expect(shown(sent)).toEqual(["P2 a+b follows", "P3 a+b follows", "P1 a+b"]);
    expect(did.at(-1)).toBe("delete r");
  });

  test.each([
    ["without followers where they are queued already", true, ["P1 a"]],
    ["with its followers where they are not", false, ["P1 a >P2 >P3"]],
  ])("and is deferred all the same goes back %s", async (_, isDownloaded, back) => {
    const download: Plan["download"] = async (__, ___, onDownloaded) => {
      if (isDownloaded) onDownloaded({ ok: true });
      await turn();
      throw new DeferredError(11_000, 1);
    };
    const { sent, later } = await run(lead("a"), { ...all, download, sendLater: done });
    expect(shown(later)).toEqual(back);
    expect(shown(sent)).toEqual(isDownloaded ? ["P2 a follows", "P3 a follows"] : []);
  });

  test("and is deferred while its followers are being queued goes back without them", async () => {
    const sending = deferred();
    const download: Plan["download"] = async (_, __, onDownloaded) => {
      onDownloaded({ ok: true });
      await turn();
      throw new DeferredError(11_000, 1);
    };
    const { later, ended } = start(lead("a"), { ...all, download, sendLater: done, send: () => sending.promise });
    await turn();
    await turn();
    expect(later).toEqual([]);
    sending.resolve();
    await ended;
    expect(shown(later)).toEqual(["P1 a"]);
  });

  test("and goes back after its followers could not be queued says that they may be", async () => {
    let sends = 0;
    const send = () => (sends++ === 0 ? Promise.reject(new Error("a part is refused")) : done());
    const { sent, ended, stop, downloaded, end } = startProofs({}, { send }, "a", "b");
    await downloaded("a", "b");
    stop();
    end({ ok: false }, "a", "b");
    await ended;
    expect(shown(sent).slice(2)).toEqual(["P1 a+b >P2 >P3 again"]);
  });

  test("waits for its other variants: a follower asks for them in their order", async () => {
    const urls = ["1", "2"].map((variant) => ({ ...urlOf("form"), variant }));
    const { sent, downloaded, end } = startProofs({ urls }, {}, "form");
    await downloaded("form");
    expect(shown(sent)).toEqual([]);
    end({}, "form");
    await downloaded("form");
    expect(shown(sent)).toEqual(["P2 form1+form2 follows", "P3 form1+form2 follows"]);
  });

  test("has its followers queued with the result, if that failed before", async () => {
    let sends = 0;
    const send = () => (sends++ === 0 ? Promise.reject(new Error("no queue")) : done());
    const { did, ended, downloaded, end } = startProofs({}, { send }, "a");
    await downloaded("a");
    end({}, "a");
    await ended;
    expect(did.filter((what) => what === "send a")).toHaveLength(2);
    expect(did.at(-1)).toBe("delete r");
  });
});

describe("a lead's message that takes long", () => {
  test("promotes followers every two seconds for URLs whose variants have all ended, once per URL", async () => {
    useFakeTimers();
    const ends = new Map(["slow", "form"].map((url) => [url, deferred<object>()]));
    const download = (url: string) => ends.get(url)?.promise ?? good();
    const forms = ["1", "2"].map((variant) => ({ ...urlOf("form"), variant }));
    const urls = [urlOf("a"), urlOf("slow"), ...forms, urlOf("b")];
    const { sent, did, ended } = start(leadOf({ urls }), { ...all, download, hold: done });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown(sent)).toEqual(["P2 a+b follows", "P3 a+b follows"]);
    await vi.advanceTimersByTimeAsync(2_000);
    ends.get("form")?.resolve({});
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown(sent).slice(2)).toEqual(["P2 form1+form2 follows", "P3 form1+form2 follows"]);
    ends.get("slow")?.resolve({});
    await ended;
    expect(shown(sent).slice(4)).toEqual(["P2 slow follows", "P3 slow follows"]);
    expect(did.at(-1)).toBe("delete r");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("retries queueing followers that failed", async () => {
    useFakeTimers();
    const slow = deferred<object>();
    let works = false;
    const plan = {
      ...all,
      hold: done,
      send: () => (works ? done() : Promise.reject(new Error("no queue"))),
      download: (url: string) => (url === "slow" ? slow.promise : good()),
    };
    const { sent, ended } = start(lead("a", "slow"), plan);
    await vi.advanceTimersByTimeAsync(2_000);
    works = true;
    slow.resolve({});
    await ended;
    expect(shown(sent)).toEqual([
      ...["P2 a follows", "P3 a follows"],
      // A part of what SQS refused may be queued.
      ...["P2 a+slow follows again", "P3 a+slow follows again"],
    ]);
  });
});
