import { describe, expect, it } from "vitest";
import { taskKey } from "../../../domain/plan/task-key.ts";
import { messageBody, type TaskMessage } from "../../../domain/plan/task-message.ts";
import type { Unreadable } from "../../../domain/telemetry/unreadable.ts";
import { createHandler } from "../../../lambdas/dead-letters/handler.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeResults } from "../fakes/results.ts";
import { FakeQueue } from "../fakes/task-queue.ts";
import { request, result } from "../items.ts";
import { silent } from "../silent.ts";

const A = "https://cdn.example.com/a";
const B = "https://cdn.example.com/b";
const MESSAGE: TaskMessage = {
  ...{ req_id: "r1", pop: "SIN2-P1", ips: ["192.0.2.1"], host: "cdn.example.com", header: [], shards: 7 },
  urls: [
    { url: A, bytes: 10 },
    { url: B, bytes: null },
  ],
};

function letter(body: string, reason?: string) {
  const messageAttributes = reason === undefined ? {} : { reason: { stringValue: reason, dataType: "String" } };
  return { messageId: "m1", body, messageAttributes };
}

function world(item = request({ status: "IN_PROGRESS" }), standing = [] as Parameters<FakeResults["putIfAbsent"]>[0]) {
  const results = new FakeResults([...standing]);
  const queue = new FakeQueue();
  const buried: string[][] = [];
  const unreadable: Unreadable[] = [];
  const handler = createHandler({
    requests: new FakeRequests(item),
    results,
    queue,
    unreadableLetters: { bury: async (...letters) => void buried.push(letters) },
    onUnreadable: (it) => void unreadable.push(it),
    logger: silent,
  });
  return { results, queue, buried, unreadable, handle: (...Records: unknown[]) => handler({ Records }) };
}

describe("a dead letter", () => {
  it("becomes failed results, which say why", async () => {
    const { handle, results, buried } = world();
    await handle(letter(messageBody(MESSAGE)));
    const error = "lost: its message was received 5 times and never finished: agents crashed or vanished";
    expect(results.items).toEqual(
      [A, B].map((url) => ({
        ...{ ...taskKey("r1", { pop: "SIN2-P1", url }, 7), req_id: "r1", pop: "SIN2-P1", url, ok: false, bytes: 0 },
        ...{ ms: 0, attempts: 0, reason: "lost", error, expire_at: request().expire_at },
      })),
    );
    expect(buried).toEqual([]);
  });

  it("that an agent put aside has the agent's reason in them", async () => {
    const { handle, results } = world();
    await handle(letter(messageBody(MESSAGE), "host: is no host"));
    expect(results.items.map(({ error }) => error)).toEqual(["lost: host: is no host", "lost: host: is no host"]);
  });

  it("changes no result that stands, and does nothing the second time", async () => {
    const { handle, results } = world(undefined, [result("SIN2-P1", A)]);
    for (let i = 0; i < 2; i++) await handle(letter(messageBody(MESSAGE)));
    expect(results.items.map(({ url, ok }) => [url, ok])).toEqual([
      [A, true],
      [B, false],
    ]);
  });

  it("of a request that has ended, or is gone, is thrown away: the report has its tasks", async () => {
    const { handle, results, buried } = world(request({ status: "STOPPED", active: undefined }));
    await handle(letter(messageBody(MESSAGE)), letter(messageBody({ ...MESSAGE, req_id: "gone" })));
    expect([results.items, buried]).toEqual([[], []]);
  });

  it.each(["{", '{"req_id": 1}', "null"])(
    "that is no task, %s, is set aside for somebody, told of, and holds up no other",
    async (body) => {
      const { handle, results, buried, unreadable } = world();
      await handle(letter(body, "not JSON"), letter(messageBody(MESSAGE)));
      expect(buried).toEqual([[body, expect.stringMatching(/^not JSON; /)]]);
      expect(unreadable).toMatchObject([{ kind: "task message", key: "m1" }]);
      expect(results.items).toHaveLength(2);
    },
  );

  it("comes again if its results could not be written", async () => {
    const { handle, results } = world();
    results.putIfAbsent = () => Promise.reject(new Error("DynamoDB is away"));
    await expect(handle(letter(messageBody(MESSAGE)))).rejects.toThrow("DynamoDB is away");
  });
});

describe("a dead letter that others wait for", () => {
  const waiting = (...pops: string[]) => ({ followers: pops.map((pop) => ({ pop, ips: ["192.0.2.9"] })) });
  const lead = { ...MESSAGE, ...waiting("SIN52-C1", "HKG1-P1") };

  it("has the next POP lead, in the request's lane, as if it had failed at the origin", async () => {
    const { handle, queue, results } = world(request({ status: "IN_PROGRESS", lane: "express" }));
    await handle(letter(messageBody(lead)));
    expect(queue.messages).toEqual([
      {
        ...{ ...MESSAGE, pop: "SIN52-C1", ips: ["192.0.2.9"], ...waiting("HKG1-P1") },
        ...{ origin_failures: 1, first_failure: "SIN2-P1 (lost)", again: true },
      },
    ]);
    expect([...queue.usedLanes]).toEqual(["express"]);
    expect(results.items).toHaveLength(2);
  });

  it("sends them after what it had done before", async () => {
    const done = result("SIN2-P1", A, { task_key: taskKey("r1", { pop: "SIN2-P1", url: A }, 7).task_key });
    const { handle, queue } = world(undefined, [done]);
    await handle(letter(messageBody(lead)));
    expect(queue.messages.map(({ pop, urls, follows }) => [pop, urls.map(({ url }) => url), follows])).toEqual([
      ["SIN52-C1", [A], true],
      ["HKG1-P1", [A], true],
      ["SIN52-C1", [B], undefined],
    ]);
  });

  it("that is the second to fail decides for the others", async () => {
    const { handle, queue, results } = world();
    const second = { ...lead, origin_failures: 1, first_failure: "SIN3-P1 (HTTP 502)" };
    for (let i = 0; i < 2; i++) await handle(letter(messageBody(second)));
    expect(queue.messages).toEqual([]);
    const decided = results.items.filter(({ reason }) => reason === "not_asked");
    expect(decided.map(({ pop, url }) => `${pop} ${url}`)).toEqual(
      ["SIN52-C1", "HKG1-P1"].flatMap((pop) => [`${pop} ${A}`, `${pop} ${B}`]),
    );
    expect(decided[0]?.error).toMatch(/SIN3-P1 \(HTTP 502\), SIN2-P1 \(lost\)$/);
  });

  it("of a request that has ended, nothing is queued", async () => {
    const { handle, queue } = world(request({ status: "STOPPED", active: undefined }));
    await handle(letter(messageBody(lead)));
    expect(queue.messages).toEqual([]);
  });

  it("comes again if they cannot be queued", async () => {
    const { handle, queue } = world();
    queue.send = () => Promise.reject(new Error("SQS is away"));
    await expect(handle(letter(messageBody(lead)))).rejects.toThrow("SQS is away");
  });
});
