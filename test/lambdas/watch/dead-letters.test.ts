import { describe, expect, it } from "vitest";
import type { UnparseableItem } from "../../../domain/log-fields.ts";
import type { ReceivedMessage } from "../../../domain/plan/ports.ts";
import { taskKey } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { readDeadLetters } from "../../../lambdas/watch/dead-letters.ts";
import type { WatchDeps } from "../../../lambdas/watch/deps.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeResults } from "../fakes/results.ts";
import { FakeQueue } from "../fakes/task-queue.ts";
import { request, result } from "../items.ts";
import { noteCalls } from "../noted-calls.ts";
import { watchDeps } from "./world.ts";

const A = "https://cdn.example.com/a";
const B = "https://cdn.example.com/b";
const MESSAGE: TaskMessage = {
  req_id: "r1",
  pop: "SIN2-P1",
  ips: ["192.0.2.1"],
  host: "cdn.example.com",
  header: [],
  shards: 7,
  urls: [
    { url: A, bytes: 10 },
    { url: B, bytes: null },
  ],
};

let count = 0;
function letter(body: string, reason?: string): ReceivedMessage {
  return { id: "m1", body, reason, deliveries: 1, receipt: `receipt-${++count}` };
}

/** A dead-letter queue of these batches, and the receipts of what is deleted. */
class FakeDeadLetters {
  readonly deleted: string[] = [];
  constructor(readonly batches: ReceivedMessage[][]) {}
  async receive() {
    return this.batches.shift() ?? [];
  }
  async delete(receipt: string) {
    this.deleted.push(receipt);
  }
}

function world(item = request({ status: "IN_PROGRESS" }), standing = [] as Parameters<FakeResults["putIfAbsent"]>[0]) {
  const results = new FakeResults([...standing]);
  const queue = new FakeQueue();
  const buried: string[][] = [];
  const unreadable: UnparseableItem[] = [];
  const deadLetters = new FakeDeadLetters([]);
  const fakes = {
    requests: new FakeRequests(item),
    results,
    queue,
    deadLetters,
    failedBatches: { send: async (...letters: string[]) => void buried.push(letters) },
    onUnparseable: (it: UnparseableItem) => void unreadable.push(it),
  };
  const { deps } = watchDeps(fakes);
  const handle = (...letters: ReceivedMessage[]) => {
    deadLetters.batches.push(letters);
    return readDeadLetters(deps, () => 240_000);
  };
  return { results, queue, deadLetters, buried, unreadable, handle, deps, fakes };
}

describe("a dead letter", () => {
  it("becomes failed results, which say why", async () => {
    const { handle, results, buried } = world();
    await handle(letter(JSON.stringify(MESSAGE)));
    const error = "lost: its message was received 5 times and never finished: agents crashed or vanished";
    expect(results.items).toEqual(
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
        error,
        expire_at: request().expire_at,
      })),
    );
    expect(buried).toEqual([]);
  });

  it("that an agent put aside has the agent's reason in them", async () => {
    const { handle, results } = world();
    await handle(letter(JSON.stringify(MESSAGE), "host: is no host"));
    expect(results.items.map(({ error }) => error)).toEqual(["lost: host: is no host", "lost: host: is no host"]);
  });

  it("changes no result that stands, and does nothing the second time", async () => {
    const { handle, results } = world(undefined, [result("SIN2-P1", A)]);
    for (let i = 0; i < 2; i++) await handle(letter(JSON.stringify(MESSAGE)));
    expect(results.items.map(({ url, ok }) => [url, ok])).toEqual([
      [A, true],
      [B, false],
    ]);
  });

  it("of a request that has ended, or is gone, is thrown away: the report has its tasks", async () => {
    const { handle, results, buried } = world(request({ status: "STOPPED", active: undefined }));
    await handle(letter(JSON.stringify(MESSAGE)), letter(JSON.stringify({ ...MESSAGE, req_id: "gone" })));
    expect([results.items, buried]).toEqual([[], []]);
  });

  it.each(["{", '{"req_id": 1}', "null"])(
    "that is no task, %s, is set aside for somebody, told of, and holds up no other",
    async (body) => {
      const { handle, results, buried, unreadable } = world();
      await handle(letter(body, "not JSON"), letter(JSON.stringify(MESSAGE)));
      expect(buried).toEqual([[body, expect.stringMatching(/^not JSON; /)]]);
      expect(unreadable).toMatchObject([{ kind: "task message", key: "m1" }]);
      expect(results.items).toHaveLength(2);
    },
  );

  it("stays if SQS does not take it where it is set aside, and holds up no other", async () => {
    const { fakes, deadLetters, results } = world();
    const failedBatches = { send: () => Promise.reject(new Error("SQS is away")) };
    const good = letter(JSON.stringify(MESSAGE));
    deadLetters.batches.push([letter("{"), good]);
    await expect(readDeadLetters(watchDeps({ ...fakes, failedBatches }).deps, () => 240_000)).rejects.toThrow(
      "1 dead letters",
    );
    expect(deadLetters.deleted).toEqual([good.receipt]);
    expect(results.items).toHaveLength(2);
  });

  it("with a POP that no key can have is set aside, and holds up no other", async () => {
    const { handle, results, buried, deadLetters } = world();
    const write = results.putIfAbsent.bind(results);
    results.putIfAbsent = async (items) => {
      // As DynamoDB answers: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
      if (items.some(({ pop_url }) => Buffer.byteLength(pop_url) > 1_024))
        throw Object.assign(new Error("Size of rangekey has exceeded the maximum size limit"), {
          name: "ValidationException",
        });
      await write(items);
    };
    const forged = JSON.stringify({ ...MESSAGE, pop: "P".repeat(2_000) });
    await handle(letter(forged), letter(JSON.stringify(MESSAGE)));
    expect(buried).toEqual([[forged, "Size of rangekey has exceeded the maximum size limit"]]);
    expect([results.items.length, deadLetters.deleted.length]).toEqual([2, 2]);
  });

  it("comes again if its results could not be written", async () => {
    const { handle, results, deadLetters } = world();
    results.putIfAbsent = () => Promise.reject(new Error("DynamoDB is away"));
    await expect(handle(letter(JSON.stringify(MESSAGE)))).rejects.toThrow("SQS will redeliver them");
    expect(deadLetters.deleted).toEqual([]);
  });

  it("is deleted after its results are written and what waited for it is queued", async () => {
    const { deps, deadLetters, results, queue } = world();
    const lead = { ...MESSAGE, followers: [{ pop: "HKG1-P1", ips: ["192.0.2.9"] }] };
    const { deps: noted, calls } = noteCalls<WatchDeps>(deps);
    deadLetters.batches.push([letter(JSON.stringify(lead))]);
    await readDeadLetters(noted, () => 240_000);
    expect([results.items.length, queue.messages.length]).toEqual([2, 1]);
    expect(calls.filter((call) => /putIfAbsent|send|delete/.test(call))).toEqual([
      ...["results.putIfAbsent", "results.putIfAbsent", "queue.send", "deadLetters.delete"],
    ]);
  });

  it("that fails holds up no other", async () => {
    const { handle, results, deadLetters } = world();
    const write = results.putIfAbsent.bind(results);
    results.putIfAbsent = async (items) => {
      if (items[0]?.pop === "SIN2-P1") throw new Error("DynamoDB is away");
      await write(items);
    };
    const good = letter(JSON.stringify({ ...MESSAGE, pop: "HKG1-P1" }));
    await expect(handle(letter(JSON.stringify(MESSAGE)), good)).rejects.toThrow("1 dead letters");
    expect([results.items.map(({ pop }) => pop), deadLetters.deleted]).toEqual([
      ["HKG1-P1", "HKG1-P1"],
      [good.receipt],
    ]);
  });
});

describe("the dead-letter queue", () => {
  it("is read until it is empty", async () => {
    const { deps, deadLetters, results } = world();
    const of = (pop: string) => letter(JSON.stringify({ ...MESSAGE, pop }));
    deadLetters.batches.push([of("SIN2-P1"), of("HKG1-P1")], [of("BKK50-C2")]);
    await readDeadLetters(deps, () => 240_000);
    expect([results.items.length, deadLetters.deleted.length]).toEqual([6, 3]);
  });

  it("is left to the next run when a run's time is nearly up", async () => {
    const { deps, deadLetters } = world();
    deadLetters.batches.push([letter(JSON.stringify(MESSAGE))], [letter(JSON.stringify(MESSAGE))]);
    const left = [60_000, 59_999];
    await readDeadLetters(deps, () => left.shift() ?? 0);
    expect([deadLetters.deleted.length, deadLetters.batches.length]).toEqual([1, 1]);
  });
});

describe("a dead letter that others wait for", () => {
  const waiting = (...pops: string[]) => ({ followers: pops.map((pop) => ({ pop, ips: ["192.0.2.9"] })) });
  const lead = { ...MESSAGE, ...waiting("SIN52-C1", "HKG1-P1") };

  it("has the next POP lead, in the request's lane, as if it had failed at the origin", async () => {
    const { handle, queue, results } = world(request({ status: "IN_PROGRESS", lane: "express" }));
    await handle(letter(JSON.stringify(lead)));
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
    expect(results.items).toHaveLength(2);
  });

  it("sends them after what it had done before", async () => {
    const done = result("SIN2-P1", A, { task_key: taskKey("r1", { pop: "SIN2-P1", url: A }, 7).task_key });
    const { handle, queue } = world(undefined, [done]);
    await handle(letter(JSON.stringify(lead)));
    expect(queue.messages.map(({ pop, urls, follows }) => [pop, urls.map(({ url }) => url), follows])).toEqual([
      ["SIN52-C1", [A], true],
      ["HKG1-P1", [A], true],
      ["SIN52-C1", [B], undefined],
    ]);
  });

  it("that is the second to fail decides for the others", async () => {
    const { handle, queue, results } = world();
    const second = { ...lead, origin_failures: 1, first_failure: "SIN3-P1 (HTTP 502)" };
    for (let i = 0; i < 2; i++) await handle(letter(JSON.stringify(second)));
    expect(queue.messages).toEqual([]);
    const decided = results.items.filter(({ reason }) => reason === "not_asked");
    expect(decided.map(({ pop, url }) => `${pop} ${url}`)).toEqual(
      ["SIN52-C1", "HKG1-P1"].flatMap((pop) => [`${pop} ${A}`, `${pop} ${B}`]),
    );
    expect(decided[0]?.error).toMatch(/SIN3-P1 \(HTTP 502\), SIN2-P1 \(lost\)$/);
  });

  it("of a request that has ended, nothing is queued", async () => {
    const { handle, queue } = world(request({ status: "STOPPED", active: undefined }));
    await handle(letter(JSON.stringify(lead)));
    expect(queue.messages).toEqual([]);
  });

  it("comes again if they cannot be queued", async () => {
    const { handle, queue, deadLetters } = world();
    queue.send = () => Promise.reject(new Error("SQS is away"));
    await expect(handle(letter(JSON.stringify(lead)))).rejects.toThrow("SQS will redeliver them");
    expect(deadLetters.deleted).toEqual([]);
  });
});
