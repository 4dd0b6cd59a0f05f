import { pino } from "pino";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Slots } from "../../../agent/queue/slots.ts";
import { NotATaskError } from "../../../agent/work/not-a-task.ts";
import { type WorkDeps, work } from "../../../agent/work/work.ts";
import { taskMessageSchema } from "../../../domain/plan/task-message.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { deferred, turn } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";

/** What the fakes are to do; whatever a test does not plan fails it. */
interface Plan {
  readonly active?: () => Promise<boolean>;
  readonly run?: (url: string) => Promise<Partial<TaskResult>>;
  readonly write?: (url: string) => Promise<void>;
  readonly delete?: () => Promise<void>;
  readonly hold?: (seconds: number) => Promise<void>;
  readonly send?: () => Promise<void>;
  readonly bury?: () => Promise<void>;
}

/** Works through one message. `did` says in order what was done. */
function start(body: string, plan: Plan, slots = new Slots(10)) {
  const did: string[] = [];
  const unplanned: string[] = [];
  const call = <T>(what: string, planned: (() => Promise<T>) | undefined): Promise<T> => {
    did.push(what);
    if (planned !== undefined) return planned();
    unplanned.push(what);
    return Promise.reject(new Error(`unplanned: ${what}`));
  };
  const deps: WorkDeps = {
    queue: {
      delete: (receipt) => call(`delete ${receipt}`, plan.delete),
      hold: (receipt, seconds) =>
        call(`hold ${receipt} ${seconds}`, plan.hold && (() => plan.hold?.(seconds) ?? done())),
      send: (text) => call(`send ${text === body ? "it anew" : urlsOf(text)}`, plan.send),
      bury: (text, reason) => call(`bury ${text}: ${reason}`, plan.bury),
    },
    results: { write: ({ url }) => call(`write ${url}`, plan.write && (() => plan.write?.(url) ?? done())) },
    requests: { isActive: (reqId) => call(`active? ${reqId}`, plan.active) },
    slots,
    run: async (task, { url }, cancellation) => {
      const planned = plan.run;
      cancellation.add(() => did.push(`cut ${url}`));
      const outcome = await call(`run ${url}`, planned && (() => planned(url)));
      return { ...RESULT, req_id: task.req_id, pop: task.pop, url, ...outcome };
    },
    visibilitySeconds: 120,
    logger: pino({ level: "silent" }),
  };
  const stopping = new AbortController();
  const ended = work(deps, { MessageId: "m", ReceiptHandle: "r", Body: body }, stopping.signal);
  return { did, unplanned, ended, stop: () => stopping.abort() };
}

const done = () => Promise.resolve();
const yes = () => Promise.resolve(true);
const good = () => Promise.resolve({});
const bad = () => Promise.resolve({ ok: false, error: "HTTP 503" });
const fail = (why: string) => () => Promise.reject(new Error(why));

const RESULT: TaskResult = {
  ...{ task_key: "r#0", pop_url: "p#u", req_id: "r", pop: "p", url: "u", ok: true },
  ...{ bytes: 1, ms: 1, attempts: 1, expire_at: 1 },
};
const urlsOf = (body: string) =>
  taskMessageSchema
    .parse(JSON.parse(body))
    .urls.map(({ url }) => url)
    .join(" ");
const bodyOf = (...urls: string[]) =>
  JSON.stringify(taskMessage({ req_id: "q", urls: urls.map((url) => ({ url, bytes: null })) }));

afterEach(() => {
  vi.useRealTimers();
});

describe("a message that is a task", () => {
  test("results stand before it is deleted", async () => {
    const written = deferred();
    const { did, ended, unplanned } = start(bodyOf("a"), {
      active: yes,
      run: good,
      write: () => written.promise,
      delete: done,
    });
    await turn();
    expect(did).toEqual(["active? q", "run a", "write a"]);
    written.resolve();
    await ended;
    expect(did.slice(3)).toEqual(["delete r"]);
    expect(unplanned).toEqual([]);
  });

  test("all of its URLs are worked on, also when one is bad, and it is deleted once", async () => {
    const run = (url: string) => (url === "b" ? bad() : good());
    const { did, ended } = start(bodyOf("a", "b", "c"), { active: yes, run, write: done, delete: done });
    await ended;
    expect(did.filter((what) => what.startsWith("write"))).toEqual(["write a", "write b", "write c"]);
    expect(did.filter((what) => what.startsWith("delete"))).toEqual(["delete r"]);
    expect(did.at(-1)).toBe("delete r");
  });

  test("its URLs take a slot each", async () => {
    const slots = new Slots(2);
    const ends = new Map(["a", "b", "c"].map((url) => [url, deferred<object>()]));
    const run = (url: string) => ends.get(url)?.promise ?? good();
    const { did, ended } = start(bodyOf("a", "b", "c"), { active: yes, run, write: done, delete: done }, slots);
    await turn();
    expect(did.filter((what) => what.startsWith("run"))).toEqual(["run a", "run b"]);
    for (const { resolve } of ends.values()) resolve({});
    await ended;
    expect(did.filter((what) => what.startsWith("run"))).toEqual(["run a", "run b", "run c"]);
  });

  test("of a request that is not active, it is deleted without a download", async () => {
    const { did, ended } = start(bodyOf("a", "b"), { active: () => Promise.resolve(false), delete: done });
    await ended;
    expect(did).toEqual(["active? q", "active? q", "delete r"]);
  });
});

describe("a message is given back at once, and not deleted, when", () => {
  const cases: readonly [name: string, plan: Plan][] = [
    ["a result cannot be written", { active: yes, run: good, write: fail("no table") }],
    ["a bad result cannot be written", { active: yes, run: bad, write: fail("no table") }],
    ["the request cannot be looked up", { active: fail("no table") }],
    ["the download itself throws", { active: yes, run: fail("the agent has stopped") }],
  ];

  test.each(cases)("%s", async (_name, plan) => {
    const { did, ended, unplanned } = start(bodyOf("a"), { ...plan, hold: done });
    await ended;
    expect(did.at(-1)).toBe("hold r 20");
    expect(did).not.toContain("delete r");
    expect(unplanned).toEqual([]);
  });

  test("but not before the rest of it has ended and is written", async () => {
    const slow = deferred<object>();
    const run = (url: string) => (url === "slow" ? slow.promise : good());
    const write = (url: string) => (url === "lost" ? Promise.reject(new Error("no table")) : done());
    const { did, ended } = start(bodyOf("lost", "slow"), { active: yes, run, write, hold: done });
    await turn();
    expect(did.at(-1)).toBe("write lost");
    slow.resolve({});
    await ended;
    expect(did.slice(-2)).toEqual(["write slow", "hold r 20"]);
  });
});

describe("a message is left to its timeout when", () => {
  test("it cannot be deleted: its results stand, so that doing it again does no harm", async () => {
    const { did, ended } = start(bodyOf("a"), { active: yes, run: good, write: done, delete: fail("expired") });
    await expect(ended).rejects.toThrow("expired");
    expect(did.slice(-2)).toEqual(["write a", "delete r"]);
  });

  test("it cannot be given back", async () => {
    const { ended } = start(bodyOf("a"), { active: fail("no table"), hold: fail("no queue") });
    await expect(ended).rejects.toThrow("no queue");
  });
});

describe("a message that is no task goes to the dead letters with the reason, and is deleted then", () => {
  const without = (field: string) => JSON.stringify({ ...taskMessage(), [field]: undefined });
  const cases: readonly [name: string, body: string, reason: RegExp][] = [
    ["no JSON", "{", /^bury \{: not JSON$/],
    ["nothing", "", /^bury : not JSON$/],
    ["null", "null", /^bury null: .*expected object/],
    ["a field missing", without("cf_domain"), /: cf_domain: \S/],
    ["two fields missing", JSON.stringify({ ...taskMessage(), pop: undefined, shards: 0 }), /: pop: .*; shards: \S/],
    ["no addresses", JSON.stringify(taskMessage({ ips: [] })), /: ips: \S/],
    ["no URLs", JSON.stringify(taskMessage({ urls: [] })), /: urls: \S/],
    ["a URL that is none", JSON.stringify(taskMessage({ urls: [{ url: "", bytes: 1 }] })), /: urls\.0\.url: \S/],
  ];

  test.each(cases)("%s", async (_name, body, reason) => {
    const { did, ended } = start(body, { bury: done, delete: done });
    await ended;
    expect(did).toEqual([expect.stringMatching(reason), "delete r"]);
  });

  const poison = () => Promise.reject(new NotATaskError("a url is not an http(s) URL"));
  const someBad = (url: string) => (url.startsWith("bad") ? poison() : good());
  const buried = (...urls: string[]) => {
    const rest = taskMessage({ req_id: "q", urls: urls.map((url) => ({ url, bytes: null })) });
    return `bury ${JSON.stringify(rest)}: a url is not an http(s) URL`;
  };

  test("a part of one: the rest is done first, and nothing is tried twice", async () => {
    const plan = { active: yes, run: someBad, write: done, bury: done, delete: done };
    const { did, ended, unplanned } = start(bodyOf("bad1", "a", "bad2"), plan);
    await ended;
    expect(did.slice(-3)).toEqual(["write a", buried("bad1", "bad2"), "delete r"]);
    expect(unplanned).toEqual([]);
  });

  test("a part of one, not before what may pass has passed", async () => {
    const plan = { active: yes, run: someBad, write: fail("no table"), hold: done };
    const { did, ended } = start(bodyOf("bad", "a"), plan);
    await ended;
    expect(did.at(-1)).toBe("hold r 20");
  });

  test("it is not deleted when it could not be buried", async () => {
    const { did, ended } = start("{", { bury: fail("no queue") });
    await expect(ended).rejects.toThrow("no queue");
    expect(did).toHaveLength(1);
  });
});

describe("while it is worked on", () => {
  test("its visibility is extended in time, as long as it takes, and no longer", async () => {
    vi.useFakeTimers();
    const slow = deferred<object>();
    const { did, ended } = start(bodyOf("a"), {
      active: yes,
      run: () => slow.promise,
      write: done,
      delete: done,
      hold: done,
    });
    const held = () => did.filter((what) => what === "hold r 120").length;
    await vi.advanceTimersByTimeAsync(39_000);
    expect(held()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(held()).toBe(1);
    // Never longer apart than the visibility lasts, whether or not one extension is lost.
    await vi.advanceTimersByTimeAsync(3_600_000 - 41_000);
    expect(held()).toBe(90);
    slow.resolve({});
    await ended;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(held()).toBe(90);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("also while it waits for a slot", async () => {
    vi.useFakeTimers();
    const slots = new Slots(1);
    const other = deferred();
    void slots.run(() => other.promise);
    const { did, ended } = start(bodyOf("a"), { active: yes, run: good, write: done, delete: done, hold: done }, slots);
    await vi.advanceTimersByTimeAsync(81_000);
    expect(did).toEqual(["active? q", "hold r 120", "active? q", "hold r 120"]);
    other.resolve();
    await ended;
  });

  test("what runs is cut off once its request has ended, nothing of it is written, and the message goes", async () => {
    vi.useFakeTimers();
    let active = true;
    const slow = deferred<object>();
    const plan = { active: async () => active, run: () => slow.promise, delete: done, hold: done };
    const { did, ended } = start(bodyOf("a", "b"), plan, new Slots(1));
    await vi.advanceTimersByTimeAsync(1_000);
    active = false;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(did).toEqual(["active? q", "run a", "active? q", "hold r 120", "cut a"]);
    slow.resolve({ ok: false, error: "CANCELLED: the request has ended" });
    await ended;
    expect(did.slice(5)).toEqual(["delete r"]);
  });

  test("nothing is cut off while nobody can say whether its request has ended", async () => {
    vi.useFakeTimers();
    let answers = true;
    const slow = deferred<object>();
    const active = async () => {
      if (answers) return true;
      throw new Error("no table");
    };
    const { did, ended } = start(bodyOf("a"), {
      active,
      run: () => slow.promise,
      write: done,
      delete: done,
      hold: done,
    });
    await vi.advanceTimersByTimeAsync(1_000);
    answers = false;
    await vi.advanceTimersByTimeAsync(40_000);
    slow.resolve({});
    await ended;
    expect(did).toEqual(["active? q", "run a", "active? q", "hold r 120", "write a", "delete r"]);
  });

  test("an extension that fails is tried again", async () => {
    vi.useFakeTimers();
    const slow = deferred<object>();
    const plan = { active: yes, run: () => slow.promise, write: done, delete: done, hold: fail("no queue") };
    const { did, ended } = start(bodyOf("a"), plan);
    await vi.advanceTimersByTimeAsync(81_000);
    expect(did.filter((what) => what === "hold r 120")).toHaveLength(2);
    slow.resolve({});
    await ended;
    expect(did.at(-1)).toBe("delete r");
  });

  test("no extension follows when it is being given back: it would hide it from the others", async () => {
    vi.useFakeTimers();
    const giveBack = deferred();
    const { did, ended } = start(bodyOf("a"), { active: fail("no table"), hold: () => giveBack.promise });
    await vi.advanceTimersByTimeAsync(200_000);
    expect(did).toEqual(["active? q", "hold r 20"]);
    giveBack.resolve();
    await ended;
  });
});

describe("when the agent stops, what has not begun goes back into the queue anew", () => {
  test("a whole message; only then is it deleted", async () => {
    const slots = new Slots(1);
    const other = deferred();
    void slots.run(() => other.promise);
    const sent = deferred();
    const { did, ended, stop } = start(
      bodyOf("a", "b"),
      { active: yes, send: () => sent.promise, delete: done },
      slots,
    );
    stop();
    other.resolve();
    await turn();
    expect(did).toEqual(["active? q", "send it anew"]);
    sent.resolve();
    await ended;
    expect(did).toEqual(["active? q", "send it anew", "delete r"]);
  });

  test("a whole message, also when nobody can say whether its request goes on", async () => {
    const slots = new Slots(1);
    const other = deferred();
    void slots.run(() => other.promise);
    const plan = { active: fail("no table"), send: done, delete: done };
    const { did, ended, stop } = start(bodyOf("a"), plan, slots);
    stop();
    other.resolve();
    await ended;
    expect(did).toEqual(["active? q", "send it anew", "delete r"]);
  });

  test("but not of a request that was stopped, and its instances with it", async () => {
    const running = deferred();
    let active = true;
    const plan = { active: async () => active, run: () => running.promise.then(bad), delete: done };
    const { did, ended, stop, unplanned } = start(bodyOf("a", "b"), plan);
    await turn();
    stop();
    active = false;
    running.resolve();
    await ended;
    expect(did.slice(4)).toEqual(["active? q", "delete r"]);
    expect(unplanned).toEqual([]);
  });

  test("it is not deleted when it could not be sent", async () => {
    const { did, ended, stop } = start(bodyOf("a"), { active: yes, run: bad, send: fail("no queue") });
    stop();
    await expect(ended).rejects.toThrow("no queue");
    expect(did).not.toContain("delete r");
  });

  test.each<{ name: string; run: () => Promise<Partial<TaskResult>>; did: string[] }>([
    { name: "a good result counts", run: good, did: ["write a", "delete r"] },
    { name: "a bad one may be the stop's own fault", run: bad, did: ["active? q", "send it anew", "delete r"] },
    {
      name: "a download that was not let begin",
      run: fail("the agent has stopped"),
      did: ["active? q", "send it anew", "delete r"],
    },
  ])("of one that runs: $name", async ({ run, did: expected }) => {
    const running = deferred();
    const plan = { active: yes, run: () => running.promise.then(run), write: done, delete: done, send: done };
    const { did, ended, stop } = start(bodyOf("a"), plan);
    await turn();
    stop();
    running.resolve();
    await ended;
    expect(did.slice(2)).toEqual(expected);
  });

  test("of one that is begun: what runs is finished and stored, then the rest goes back", async () => {
    const slots = new Slots(1);
    const running = deferred<object>();
    const plan = { active: yes, run: () => running.promise, write: done, send: done, delete: done };
    const { did, ended, stop } = start(bodyOf("a", "b", "c"), plan, slots);
    await turn();
    stop();
    slots.limit = Number.POSITIVE_INFINITY;
    await turn();
    running.resolve({});
    await ended;
    expect(did).toEqual(["active? q", "run a", "write a", "active? q", "send b c", "delete r"]);
  });

  test("of one whose result is lost meanwhile: all of it is given back", async () => {
    const running = deferred<object>();
    const plan = { active: yes, run: () => running.promise, write: fail("no table"), hold: done };
    const { did, ended, stop } = start(bodyOf("a"), plan);
    await turn();
    stop();
    running.resolve({});
    await ended;
    expect(did.at(-1)).toBe("hold r 20");
  });
});
