import type { ReceivedMessage } from "../../../domain/plan/ports.ts";
import { taskKey } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { readDeadLetters } from "../../../lambdas/watch/dead-letters.ts";
import { taskMessage } from "../../agent/task-messages.ts";
import { request, result } from "../items.ts";
import type { Fault } from "../noted-calls.ts";
import { watchWorld } from "./world.ts";

const [A, B] = ["https://cdn.example.com/a", "https://cdn.example.com/b"] as const;
const MESSAGE = taskMessage({
  req_id: "r1",
  shards: 7,
  urls: [
    { url: A, bytes: 10 },
    { url: B, bytes: null },
  ],
});
const waiting = (...pops: string[]) => ({ followers: pops.map((pop) => ({ pop, ips: ["192.0.2.9"] })) });
const lead = { ...MESSAGE, ...waiting("SIN52-C1", "HKG1-P1") };

/** The result of its first task. */
const STANDING = result("SIN2-P1", A, taskKey("r1", { pop: "SIN2-P1", url: A }, 7));

let letters = 0;
function letter(content: TaskMessage | string, reason?: string): ReceivedMessage {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  return { id: "m1", body, reason, deliveries: 1, receipt: `receipt-${++letters}` };
}

function world({ item = {}, standing = [] as TaskResult[], fault = (() => undefined) as Fault } = {}) {
  const batches: ReceivedMessage[][] = [];
  const deleted: string[] = [];
  const given = {
    deadLetters: {
      depth: async () => ({ available: batches.length, delayed: 0, inFlight: 0 }),
      receive: async () => batches.shift() ?? [],
      delete: async (receipt: string) => void deleted.push(receipt),
    },
  };
  const w = watchWorld([request({ status: "IN_PROGRESS", ...item })], given, fault);
  w.results.set(...standing);
  /** Reads batches of dead letters. @param left milliseconds before each of them */
  const read = (all: ReceivedMessage[][], left: number[] = []) => {
    batches.push(...all);
    return readDeadLetters(w.deps, () => left.shift() ?? 60_000);
  };
  const handle = (...letters: ReceivedMessage[]) => read([letters]);
  return { ...w, batches, deleted, read, handle };
}

describe("a dead letter", () => {
  it.each([
    [undefined, "its message was received 5 times and never finished: agents crashed or vanished"],
    ["host: is no host", "host: is no host"],
  ])("that an agent put aside because of %j becomes failed results, which say why", async (reason, why) => {
    const { handle, results, buried } = world();
    await handle(letter(MESSAGE, reason));
    expect(results.all()).toEqual(
      [A, B].map((url) => ({
        ...taskKey("r1", { pop: "SIN2-P1", url }, 7),
        req_id: "r1",
        pop: "SIN2-P1",
        url,
        ok: false,
        bytes: 0,
        ms: 0,
        attempts: 0,
        reason: "lost",
        error: `lost: ${why}`,
        expire_at: request().expire_at,
      })),
    );
    expect(buried).toEqual([]);
  });

  it("changes no result that stands, and does nothing the second time", async () => {
    const { handle, results } = world({ standing: [STANDING] });
    for (let i = 0; i < 2; i++) await handle(letter(MESSAGE));
    expect(results.all().map(({ url, ok }) => [url, ok])).toEqual([
      [A, true],
      [B, false],
    ]);
  });

  it("of a request that has ended, or is gone, is thrown away: the report has its tasks", async () => {
    const { handle, results, queue, buried } = world({ item: { status: "STOPPED", active: undefined } });
    await handle(letter(lead), letter({ ...MESSAGE, req_id: "gone" }));
    expect([results.all(), queue.messages, buried]).toEqual([[], [], []]);
  });

  it("that is no task is set aside for somebody, told of, and holds up no other", async () => {
    const { handle, results, buried, unreadable } = world();
    await handle(letter("{", "not JSON"), letter(MESSAGE));
    expect(buried).toEqual([["{", expect.stringMatching(/^not JSON; /)]]);
    expect(unreadable).toMatchObject([{ kind: "task message", key: "m1" }]);
    expect(results.all()).toHaveLength(2);
  });

  it("with a POP that no key can have is set aside, and holds up no other", async () => {
    const { handle, results, buried, deleted } = world();
    const write = results.putIfAbsent.bind(results);
    results.putIfAbsent = async (items) => {
      // As DynamoDB answers: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
      if (items.some(({ pop_url }) => Buffer.byteLength(pop_url) > 1_024))
        throw Object.assign(new Error("Size of rangekey has exceeded the maximum size limit"), {
          name: "ValidationException",
        });
      await write(items);
    };
    const forged = letter({ ...MESSAGE, pop: "P".repeat(2_000) });
    await handle(forged, letter(MESSAGE));
    expect(buried).toEqual([[forged.body, "Size of rangekey has exceeded the maximum size limit"]]);
    expect([results.all().length, deleted.length]).toEqual([2, 2]);
  });

  it.each([
    ["results.putIfAbsent", MESSAGE],
    ["queue.send", lead],
    ["failedBatches.send", "{"],
  ])("comes again if %s fails, and holds up no other", async (failing, content) => {
    let left = 1;
    const { handle, deleted } = world({ fault: (call) => (call === failing && left-- > 0 ? "before" : undefined) });
    const good = letter({ ...MESSAGE, pop: "HKG1-P1" });
    await expect(handle(letter(content), good)).rejects.toThrow("1 dead letters failed; SQS will redeliver them");
    expect(deleted).toEqual([good.receipt]);
  });

  it("is deleted after its results are written and what waited for it is queued", async () => {
    const { handle, calls } = world();
    await handle(letter(lead));
    expect(calls.filter((call) => /putIfAbsent|send|delete/.test(call))).toEqual([
      ...["results.putIfAbsent", "results.putIfAbsent", "queue.send", "deadLetters.delete"],
    ]);
  });
});

it("the dead-letter queue is read until it is empty, or a run's time is nearly up", async () => {
  const { read, deleted, batches } = world();
  const of = (pop: string) => letter({ ...MESSAGE, pop });
  await read([[of("SIN2-P1"), of("HKG1-P1")], [of("BKK50-C2")]]);
  expect(deleted).toHaveLength(3);
  await read([[of("SIN2-P1")], [of("SIN2-P1")]], [20_000, 19_999]);
  expect([deleted.length, batches.length]).toEqual([4, 1]);
});

it("a dead letter that others wait for has the next POP lead, in the request's lane, as if it had failed at the origin", async () => {
  const { handle, queue, results } = world({ item: { lane: "express" } });
  await handle(letter(lead));
  expect(queue.messages).toEqual([
    {
      ...MESSAGE,
      pop: "SIN52-C1",
      ips: ["192.0.2.9"],
      ...waiting("HKG1-P1"),
      origin_failures: 1,
      first_failure: "SIN2-P1 (lost)",
      again: true,
    },
  ]);
  expect([...queue.usedLanes]).toEqual(["express"]);
  expect(results.all()).toHaveLength(2);
});

it("a dead letter that others wait for sends them after what it had done before", async () => {
  const { handle, queue } = world({ standing: [STANDING] });
  await handle(letter(lead));
  expect(queue.messages.map(({ pop, urls, follows }) => [pop, urls.map(({ url }) => url), follows])).toEqual([
    ["SIN52-C1", [A], true],
    ["HKG1-P1", [A], true],
    ["SIN52-C1", [B], undefined],
  ]);
});

it("a dead letter that others wait for that is the second to fail decides for the others", async () => {
  const { handle, queue, results } = world();
  const second = { ...lead, origin_failures: 1, first_failure: "SIN3-P1 (HTTP 502)" };
  for (let i = 0; i < 2; i++) await handle(letter(second));
  expect(queue.messages).toEqual([]);
  const decided = results.all().filter(({ reason }) => reason === "not_asked");
  expect(decided.map(({ pop, url }) => `${pop} ${url}`)).toEqual(
    ["HKG1-P1", "SIN52-C1"].flatMap((pop) => [`${pop} ${A}`, `${pop} ${B}`]),
  );
  expect(decided[0]?.error).toMatch(/SIN3-P1 \(HTTP 502\), SIN2-P1 \(lost\)$/);
});
