import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Line } from "../../../agent/origin/line.ts";
import { PutOffError } from "../../../agent/origin/put-off.ts";
import { Slots } from "../../../agent/queue/slots.ts";
import { PutOffs } from "../../../agent/work/put-offs.ts";
import { messageBody, type TaskMessage } from "../../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../../domain/plan/task-url.ts";
import { deferred, turn } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";
import { bad, bodyOf, done, fail, good, type Plan, start, yes } from "./work-world.ts";

/** Puts off these URLs as an overloaded origin does, and downloads the others. */
const overloaded =
  (...urls: string[]) =>
  (url: string) =>
    urls.includes(url) ? Promise.reject(new PutOffError(11_000, 0, 1)) : good();

/** A line that lets so many go on, and puts off the rest. */
function lineOf(room: number, leave: () => void = () => undefined): NonNullable<Plan["origin"]> {
  let left = room;
  const seat = { isLate: false, leave };
  const line = {
    turn: async () => {
      if (left-- <= 0) throw new PutOffError(10_000, 0);
      return seat;
    },
    again: () => Promise.reject(new Error("unplanned: again")),
  };
  return { lineOf: () => line as unknown as Line };
}

function plan(more: Partial<Plan>) {
  const sent: { message: TaskMessage; seconds: number }[] = [];
  const sendLater = async (message: TaskMessage, seconds: number) => void sent.push({ message, seconds });
  const all: Plan = { active: yes, download: good, write: done, send: done, delete: done, sendLater, ...more };
  return { sent, all };
}

const lead = (urls: TaskUrl[], more: Partial<TaskMessage> = {}) =>
  messageBody(
    taskMessage({
      ...{ req_id: "q", urls, followers: [{ pop: "SIN52-P1", ips: ["192.0.2.7"] }], origin_failures: 1 },
      ...more,
    }),
  );
const named = (...urls: string[]) => urls.map((url) => ({ url, bytes: 1 }));

test("a download in a turn gives its place at the origin back, also if it fails or throws", async () => {
  let left = 0;
  const origin = lineOf(3, () => {
    left++;
  });
  const download = (url: string) => (url === "a" ? good() : url === "b" ? bad() : fail("a bug")());
  const { ended } = start(bodyOf("a", "b", "c"), plan({ origin, download, hold: done }).all);
  await ended;
  expect(left).toBe(3);
});

describe("what an origin refused", () => {
  test("goes back as a new message with a delay, counted on; the rest is done, and then the message is deleted", async () => {
    const { sent, all } = plan({ download: overloaded("b", "d") });
    const { did, ended, unplanned } = start(lead(named("a", "b", "c", "d"), { tries: 2 }), all);
    await ended;
    // What is done is handed over to those that wait for it, and nothing else.
    expect(did.slice(-5)).toEqual(["active? q", "put off b d 11", "active? q", "send a c", "delete r"]);
    expect(did.filter((what) => what.startsWith("write"))).toEqual(["write a", "write c"]);
    // All else of the message stays with it.
    expect(sent).toMatchObject([
      { message: { tries: 3, origin_failures: 1, followers: [{ pop: "SIN52-P1" }], urls: named("b", "d") } },
    ]);
    expect(sent[0]?.message).not.toHaveProperty("again");
    expect(unplanned).toEqual([]);
  });

  test("stays with its message if it cannot be sent", async () => {
    const sendLater = fail("SQS is busy");
    const { did, ended, unplanned } = start(
      bodyOf("a", "b"),
      plan({ download: overloaded("b"), sendLater, hold: done }).all,
    );
    await ended;
    expect(did.slice(-2)).toEqual(["put off b 11", "hold r 20"]);
    expect(unplanned).toEqual([]);
  });

  test("is sent once, when all else has ended, and before the message is deleted", async () => {
    const slow = deferred<object>();
    const download = (url: string) => (url === "slow" ? slow.promise : overloaded("b")(url));
    const { did, ended } = start(bodyOf("b", "slow"), plan({ download }).all);
    await turn();
    expect(did.some((what) => what.startsWith("put off"))).toBe(false);
    slow.resolve({});
    await ended;
    expect(did.slice(-2)).toEqual(["put off b 11", "delete r"]);
  });

  test("takes the variants behind it along: their order stays", async () => {
    const urls = ["br", "gzip", "none"].map((variant) => ({ url: "a", bytes: 1, variant }));
    let n = 0;
    const download = () => (n++ === 1 ? overloaded("a")("a") : good());
    const { sent, all } = plan({ download });
    const { ended } = start(lead(urls), all);
    await ended;
    expect(sent.map(({ message }) => message.urls.map(({ variant }) => variant))).toEqual([["gzip", "none"]]);
  });

  test("has its own attempts: a variant that waits for it has none, and another URL keeps its own", async () => {
    const urls: TaskUrl[] = [
      ...["br", "gzip"].map((variant) => ({ url: "a", bytes: 1, variant })),
      { url: "b", bytes: 1, attempts: 2, first_attempt_at: 1_700_000_000_000 },
    ];
    const download = () => Promise.reject(new PutOffError(11_000, 0, 1, 1_700_000_011_000));
    const { sent, all } = plan({ download });
    await start(lead(urls, { tries: 2 }), all).ended;
    expect(sent.map(({ message: { urls, tries } }) => ({ urls, tries }))).toEqual([
      {
        tries: 3,
        urls: [
          { url: "a", bytes: 1, variant: "br", attempts: 3, first_attempt_at: 1_700_000_011_000 },
          { url: "a", bytes: 1, variant: "gzip", attempts: 2 },
          { url: "b", bytes: 1, attempts: 3, first_attempt_at: 1_700_000_011_000 },
        ],
      },
    ]);
  });

  test("counts from nothing in a message that was not put off before", async () => {
    const urls = ["br", "gzip"].map((variant) => ({ url: "a", bytes: 1, variant }));
    const { sent, all } = plan({ download: overloaded("a") });
    await start(lead(urls), all).ended;
    expect(sent[0]?.message).toMatchObject({ tries: 1, urls: [{ attempts: 1 }, { variant: "gzip", attempts: 0 }] });
  });

  test("starts anew for the POPs that wait for it: their attempts are their own", async () => {
    const url = { url: "a", bytes: 1, attempts: 2, first_attempt_at: 1_700_000_000_000 };
    const { all } = plan({ download: good });
    const { sent, ended } = start(lead([url], { tries: 2 }), all);
    await ended;
    expect(sent.map(({ pop, urls, tries }) => ({ pop, urls, tries }))).toEqual([
      { pop: "SIN52-P1", urls: [{ url: "a", bytes: 1 }], tries: undefined },
    ]);
  });

  test("of a message that came again, it says so: it may be in the queue already", async () => {
    const { sent, all } = plan({ download: overloaded("b"), deliveries: 2, standing: async () => ["a"] });
    const { ended } = start(bodyOf("a", "b"), all);
    await ended;
    expect(sent).toMatchObject([{ message: { again: true, urls: [{ url: "b" }] } }]);
  });

  test("of a request that has ended is dropped", async () => {
    let asked = 0;
    const { did, ended } = start(
      bodyOf("b"),
      plan({ active: async () => asked++ === 0, download: overloaded("b") }).all,
    );
    await ended;
    expect(did.at(-1)).toBe("delete r");
    expect(did.some((what) => what.startsWith("put off"))).toBe(false);
  });

  test("is not lost if SQS does not take it: the message comes again", async () => {
    const { did, ended } = start(
      bodyOf("a", "b"),
      plan({ download: overloaded("b"), sendLater: fail("no queue"), hold: done }).all,
    );
    await ended;
    expect(did.slice(-2)).toEqual(["put off b 11", "hold r 20"]);
  });

  test("holds no slot, and is held no more", async () => {
    const slots = new Slots(1);
    const { ended, beats, told } = start(bodyOf("b"), plan({ download: overloaded("b") }).all, slots);
    await ended;
    await beats.end();
    expect([slots.inUse, told.at(-1)?.tasks]).toEqual([0, 0]);
  });
});

describe("what would wait too long for its turn", () => {
  test("goes back at once, together, and counts as no try; what may go on does", async () => {
    const slow = deferred<object>();
    const { sent, all } = plan({ origin: lineOf(1), download: () => slow.promise });
    const { did, ended } = start(bodyOf("a", "b", "c"), all);
    await turn();
    await turn();
    expect(did).toEqual(["active? q", "download a", "active? q", "put off b c 10"]);
    slow.resolve({});
    await ended;
    expect(did.slice(-2)).toEqual(["write a", "delete r"]);
    expect(sent[0]?.message).not.toHaveProperty("tries");
  });

  test("waits without a slot: others have it", async () => {
    const seat = deferred<never>();
    const line = { turn: () => seat.promise } as unknown as Line;
    const slots = new Slots(1);
    start(bodyOf("a"), plan({ origin: { lineOf: () => line } }).all, slots);
    await turn();
    expect([slots.inUse, slots.waiting]).toEqual([0, 0]);
  });
});

test("whoever waited for a slot while the origin began to refuse gives it back, and waits for a turn", async () => {
  const slots = new Slots(1);
  await slots.take();
  let refuses = false;
  const line = lineOf(0);
  const origin = { lineOf: (message: TaskMessage) => (refuses ? line.lineOf(message) : undefined) };
  const { did, ended } = start(bodyOf("a"), plan({ origin }).all, slots);
  await turn();
  refuses = true;
  slots.release();
  await ended;
  expect(did).toEqual(["active? q", "put off a 10", "delete r"]);
  expect(slots.inUse).toBe(0);
});

describe("what is put off for different reasons", () => {
  /** What was not asked for, and what was asked for once and twice in vain. */
  async function putOff(random: number) {
    vi.spyOn(Math, "random").mockReturnValue(random);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const sent: unknown[] = [];
    const sendLater = async ({ urls, tries }: TaskMessage, seconds: number) =>
      void sent.push([urls.map(({ url }) => url).join(), tries, seconds]);
    const deps = { queue: { sendLater }, requests: { isActive: yes } };
    const putOffs = new PutOffs(deps, taskMessage({ tries: 3 }), () => undefined);
    putOffs.add(named("once"), new PutOffError(11_000, 4_000, 1));
    putOffs.add(named("unasked"), new PutOffError(5_000, 2_000));
    putOffs.add(named("twice"), new PutOffError(20_000, 0, 2));
    putOffs.add(named("once more"), new PutOffError(7_000, 8_000, 1));
    await turn();
    await turn();
    const atOnce = [...sent];
    await putOffs.end();
    return { atOnce, sent };
  }

  test("goes back apart, by its tries; only what was not asked for goes at once", async () => {
    const { atOnce, sent } = await putOff(0);
    expect(atOnce).toEqual([["unasked", 3, 5]]);
    expect(sent.slice(1)).toEqual([
      ["once,once more", 4, 11],
      ["twice", 5, 20],
    ]);
  });

  test("comes back after its time and a part of its spread", async () => {
    const { sent } = await putOff(0.5);
    expect(sent).toEqual([
      ["unasked", 3, 6],
      ["once,once more", 4, 15],
      ["twice", 5, 20],
    ]);
  });
});
