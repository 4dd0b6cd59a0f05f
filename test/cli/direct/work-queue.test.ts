import { WorkQueue } from "../../../cli/direct/work-queue.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { messagesOf, type TaskMessage, urlsPerMessage } from "../../../domain/plan/task-message.ts";
import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { times } from "../../collect.ts";
import { target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const VISIBILITY_SECONDS = 6;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function message(pop: string): TaskMessage {
  return { req_id: "r", pop, ips: ["192.0.2.1"], host: "h", header: [], shards: 1, urls: [{ url: "u", bytes: 1 }] };
}

/** A queue whose plan has messages for these POPs. */
function queueOf(...pops: string[]) {
  const onIdle = vi.fn();
  const queue = new WorkQueue(VISIBILITY_SECONDS, onIdle);
  const made: string[] = [];
  queue.refill(
    (async function* () {
      for (const pop of pops) {
        made.push(pop);
        yield message(pop);
      }
    })(),
  );
  const receive = async (most?: number) =>
    (await queue.receive(1, most)).map(({ body, ...rest }) => ({ ...rest, pop: JSON.parse(body).pop }));
  return { queue, onIdle, made, receive };
}

test("makes no more messages of the plan than are received", async () => {
  const { made, receive } = queueOf("A", "B", "C");
  expect(await receive(2)).toMatchObject([{ pop: "A" }, { pop: "B" }]);
  expect(made).toEqual(["A", "B"]);
});

test("delivers what was sent before what is planned", async () => {
  const { queue, receive } = queueOf("A");
  await queue.send([message("FOLLOWER")]);
  expect(await receive()).toMatchObject([{ pop: "FOLLOWER" }, { pop: "A" }]);
});

test("delivers a message again once its visibility timeout is over, which can be extended or ended", async () => {
  const { queue, receive } = queueOf("A");
  const [first] = await receive();
  await queue.setVisibilityTimeout(first?.receipt ?? "", 2 * VISIBILITY_SECONDS);
  const again = receive();
  await vi.advanceTimersByTimeAsync(VISIBILITY_SECONDS * 1_000 + 1_000);
  expect(await queue.depth()).toEqual({ available: 0, delayed: 0, inFlight: 1 });
  await vi.advanceTimersByTimeAsync(VISIBILITY_SECONDS * 1_000);
  const [second] = await again;
  expect(second).toMatchObject({ pop: "A", deliveries: 2 });
  await queue.setVisibilityTimeout(second?.receipt ?? "", 0);
  expect(await receive()).toMatchObject([{ deliveries: 3 }]);
  // A receipt that is no longer valid.
  await queue.setVisibilityTimeout(first?.receipt ?? "", 0);
  expect(await queue.depth()).toMatchObject({ available: 0, inFlight: 1 });
});

test("the time in which the process did not run, as after Ctrl-Z, does not count", async () => {
  const { queue, receive } = queueOf("A");
  await receive();
  const now = performance.now.bind(performance);
  const paused = vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
  await vi.advanceTimersByTimeAsync(VISIBILITY_SECONDS * 1_000 - 1_000);
  expect(await queue.depth()).toEqual({ available: 0, delayed: 0, inFlight: 1 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await queue.depth()).toEqual({ available: 1, delayed: 0, inFlight: 0 });
  paused.mockRestore();
});

test("is idle when nothing is planned, waiting, delayed or in flight", async () => {
  const { queue, onIdle, receive } = queueOf("A");
  const [first] = await receive();
  await queue.sendLater(message("DELAYED"), 3);
  await queue.delete(first?.receipt ?? "");
  expect(onIdle).not.toHaveBeenCalled();
  const delayed = receive();
  await vi.advanceTimersByTimeAsync(2_999);
  expect(await queue.depth()).toEqual({ available: 0, delayed: 1, inFlight: 0 });
  await vi.advanceTimersByTimeAsync(1);
  const [last] = await delayed;
  expect(last).toMatchObject({ pop: "DELAYED", deliveries: 1 });
  expect(onIdle).not.toHaveBeenCalled();
  await queue.delete(last?.receipt ?? "");
  expect(onIdle).toHaveBeenCalledOnce();
});

test("makes none of the plan while a thousand are delayed", async () => {
  const { queue, made, receive } = queueOf("A");
  for (let i = 0; i < 1_000; i++) await queue.sendLater(message("DELAYED"), 3);
  const first = receive(1);
  await vi.advanceTimersByTimeAsync(2_999);
  expect(made).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await first).toMatchObject([{ pop: "DELAYED" }]);
  for (let left = 999; left > 0; left -= 10) await receive(10);
  expect(made).toEqual(["A"]);
  queue.close();
});

test("a plan without messages is idle", async () => {
  const { queue, onIdle, receive } = queueOf();
  void receive();
  await vi.waitFor(() => expect(onIdle).toHaveBeenCalledOnce());
  queue.close();
});

test("closed, it ends the wait of its receivers, delivers nothing, and is never idle", async () => {
  const { queue, onIdle, receive } = queueOf("A");
  const [first] = await receive();
  const ended = vi.fn();
  void receive().then(ended);
  await queue.sendLater(message("DELAYED"), 1);
  queue.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toHaveBeenCalledExactlyOnceWith([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await receive()).toEqual([]);
  await queue.delete(first?.receipt ?? "");
  expect(onIdle).not.toHaveBeenCalled();
  await queue.sendLater(message("DEFERRED BY THE STOP"), 300);
  expect(vi.getTimerCount()).toBe(0);
});

test("of 1.8 million tasks, no more are made before they are received than one message for each POP has", async () => {
  const targets = POP_CODES.slice(0, 360).map(({ pop }) => target(pop, { label: "d1", state: "SENT" }));
  const plan = planOf([{ label: "d1", names: [], hosts: ["a.example"] }], targets);
  const tasks = new TaskBitmap(
    plan,
    times(5_000, (i) => ({ url: `https://a.example/${i}`, bytes: 10_000 })),
  );
  expect(tasks.missingCount).toBe(1_800_000);
  let made = 0;
  const counted = function* () {
    for (const task of tasks.missingLeads()) {
      made++;
      yield task;
    }
  };
  const maxUrls = urlsPerMessage(tasks.missingCount, 1);
  const queue = new WorkQueue(VISIBILITY_SECONDS);
  queue.refill(messagesOf(plan.request, counted(), { maxUrls, targets: targets.length }));
  let received = 0;
  for (let i = 0; i < 20; i++) {
    for (const { body, receipt } of await queue.receive(1)) {
      received += JSON.parse(body).urls.length;
      await queue.delete(receipt);
    }
    expect(made - received).toBeLessThanOrEqual(maxUrls * targets.length);
  }
  expect(received).toBe(200 * maxUrls);
  queue.close();
});
