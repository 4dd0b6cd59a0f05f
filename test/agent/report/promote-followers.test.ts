import type { DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { DeferredError } from "../../../domain/origin/origin-limiter.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { deferred, turn } from "../deferred.ts";
import { activeFor, bad, bodyWith, done, fail, moves, type Plan, run, start } from "../receive/work-world.ts";

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

/** The download has ended; what follows is its proof. */
const downloaded = (hooks: DownloadHooks) => hooks.onDownloaded({ ok: true });
const deferAfter = (isDownloaded: boolean) => async (_: string, hooks: DownloadHooks) => {
  if (isDownloaded) downloaded(hooks);
  await turn();
  throw new DeferredError(11_000, 1);
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
    ["active? q", "download a", "write a", "active? q", "delete r"],
  ],
  [
    "whose results cannot be written promotes no followers: SQS redelivers it",
    lead("a", "b"),
    { write: (url) => (url === "a" ? done() : Promise.reject(new Error("no table"))) },
    ["active? q", "active? q", "download a", "download b", "write a", "write b", "hold r 20"],
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
    { download: deferAfter(false) },
    ["active? q", "download a", "active? q", "put off P1 a >P2 >P3 tries 1, 11 s", "delete r"],
  ],
  [
    "that is deferred after its download goes back without followers: they are queued already",
    lead("a"),
    { download: deferAfter(true) },
    ["active? q", "download a", "active? q", queued("a"), "active? q", "put off P1 a tries 1, 11 s", "delete r"],
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

/** Starts a lead's message. Each download, and each proof, ends when the test says so; `did`: the calls of queues. */
function startProofs(message: Partial<TaskMessage>, plan: Plan, ...urls: string[]) {
  const ends = new Map<string, (end: object) => void>();
  const all = new Map<string, DownloadHooks>();
  const download: Plan["download"] = (url, hooks) => {
    const end = deferred<object>();
    ends.set(url, end.resolve);
    all.set(url, hooks);
    return end.promise;
  };
  const { did, ...started } = start(leadOf(message, ...urls), { ...PLAN, download, ...plan });
  return {
    ...started,
    did: () => moves(did),
    downloaded: async (...some: string[]) => {
      await turn();
      for (const url of some) {
        const hooks = all.get(url);
        if (hooks !== undefined) downloaded(hooks);
      }
      await turn();
    },
    end: (end: object, ...some: string[]) => {
      for (const url of some) ends.get(url)?.(end);
    },
  };
}
const STOPPED = { ok: false };

describe("a lead's URL whose download has ended", () => {
  test.each<[string, object, message?: Partial<TaskMessage>]>([
    ["ends", {}],
    ["fails", { ok: false, reason: "not_kept" }, { not_kept_at: "P0" }],
  ])(
    "has its followers queued once, before its proof %s, if no other download of the message is under way",
    async (_, proof, message = {}) => {
      const { did, ended, downloaded, end } = startProofs(message, {}, "a");
      await downloaded("a");
      expect(did()).toEqual([queued("a")]);
      end(proof, "a");
      await ended;
      expect(did()).toEqual([queued("a"), "delete r"]);
    },
  );

  test("waits for the others of its message up to two seconds, so that there are few messages", async () => {
    useFakeTimers();
    const { did, ended, downloaded, end } = startProofs({}, {}, "a", "b", "c");
    await turn();
    vi.advanceTimersByTime(100);
    await downloaded("a", "b");
    vi.advanceTimersByTime(1_899);
    await turn();
    expect(did()).toEqual([]);
    vi.advanceTimersByTime(1);
    await turn();
    expect(did()).toEqual([queued("a+b")]);
    await downloaded("c");
    expect(did()).toEqual([queued("a+b"), queued("c")]);
    end({}, "a", "b", "c");
    await ended;
    expect(did()).toEqual([queued("a+b"), queued("c"), "delete r"]);
  });

  test.each<[string, Plan, back: string]>([
    ["without followers when the agent stops: they are queued already", {}, "send P1 a+b"],
    ["saying that its followers may be queued, if that failed", { send: failOnce() }, "send P1 a+b >P2 >P3 again"],
  ])("goes back %s", async (_, plan, back) => {
    const { did, ended, stop, downloaded, end } = startProofs({}, plan, "a", "b");
    await downloaded("a", "b");
    stop();
    end(STOPPED, "a", "b");
    await ended;
    expect(did()).toEqual([queued("a+b"), back, "delete r"]);
  });

  test("and is deferred while its followers are being queued goes back without them", async () => {
    const sending = deferred();
    const { did, ended } = start(lead("a"), { ...PLAN, download: deferAfter(true), send: () => sending.promise });
    await turn();
    await turn();
    expect(moves(did)).toEqual([queued("a")]);
    sending.resolve();
    await ended;
    expect(moves(did)).toEqual([queued("a"), "put off P1 a tries 1, 11 s", "delete r"]);
  });

  test("waits for its other variants: a follower asks for them in their order", async () => {
    const urls = ["1", "2"].map((variant) => ({ url: "form", bytes: null, variant }));
    const { did, downloaded, end } = startProofs({ urls }, {});
    await downloaded("form");
    expect(did()).toEqual([]);
    end({}, "form");
    await downloaded("form");
    expect(did()).toEqual([queued("form1+form2")]);
  });

  test("has its followers queued with the result, if that failed before", async () => {
    const { did, ended, downloaded, end } = startProofs({}, { send: failOnce() }, "a");
    await downloaded("a");
    end({}, "a");
    await ended;
    expect(did()).toEqual([queued("a"), queued("a", " again"), "delete r"]);
  });
});

test.each([
  [{ origin_failures: 1, first_failure: "P0 (timeout)" }, "send P1 b >P2 >P3 P0 (timeout)", queued("a")],
  [{ again: true }, "send P1 b >P2 >P3 again", queued("a", " again")],
])(
  "a lead's message returns with its unfinished URLs and followers when the agent stops; followers of finished URLs are promoted: %o",
  async (message, back, promoted) => {
    const { did, ended, stop, end } = startProofs(message, { standing: async () => [] }, "a", "b");
    await turn();
    end({}, "a");
    await turn();
    stop();
    end(STOPPED, "b");
    await ended;
    expect(did()).toEqual([back, promoted, "delete r"]);
  },
);

describe("a lead's message that takes long", () => {
  test("promotes followers every two seconds for URLs whose variants have all ended, once per URL", async () => {
    useFakeTimers();
    const forms = ["1", "2"].map((variant) => ({ url: "form", bytes: null, variant }));
    const [a, slow, b] = ["a", "slow", "b"].map((url) => ({ url, bytes: null }));
    const urls = [a, slow, ...forms, b].flatMap((url) => url ?? []);
    const { did, ended, end } = startProofs({ urls }, {});
    const all: string[] = [];
    const twoSecondsAfter = async (urls: string[], call: string) => {
      await turn();
      end({}, ...urls);
      await turn();
      vi.advanceTimersByTime(2_000);
      await turn();
      all.push(call);
      expect(did()).toEqual(all);
    };
    await twoSecondsAfter(["a", "b", "form"], queued("a+b"));
    await twoSecondsAfter(["form"], queued("form1+form2"));
    end({}, "slow");
    await ended;
    expect(did()).toEqual([...all, queued("slow"), "delete r"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("retries queueing followers that failed: a part of what SQS refused may be queued", async () => {
    useFakeTimers();
    const { did, ended, end } = startProofs({}, { send: failOnce() }, "a", "slow");
    await turn();
    end({}, "a");
    await turn();
    vi.advanceTimersByTime(2_000);
    await turn();
    end({}, "slow");
    await ended;
    expect(did()).toEqual([queued("a"), queued("a+slow", " again"), "delete r"]);
  });
});
