import type { ReceivedMessage, TaskQueue } from "../../../domain/plan/ports.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { dropStaleMessages } from "../../../lambdas/shutdown/stale-messages.ts";
import { taskMessage } from "../../agent/task-messages.ts";
import { collect, times } from "../../collect.ts";
import { type Fault, failing, noteCalls } from "../noted-calls.ts";

const bodyOf = (req_id: string) => JSON.stringify(taskMessage({ req_id }));
const ENDED = bodyOf("r1");
const GOES_ON = bodyOf("new");

/** Drops from a queue with these bodies in it, each of which can be received once. */
function queueOf(bodies: readonly string[], fault?: Fault) {
  const left = bodies.map((body, i): ReceivedMessage => ({ id: "m", receipt: `${i}`, body, deliveries: 1 }));
  const deleted: string[] = [];
  const shown: string[] = [];
  const sent: TaskMessage[] = [];
  const { deps, calls } = noteCalls<{ queue: TaskQueue }>(
    {
      queue: {
        receive: async (_, most = 10) => left.splice(0, most),
        delete: async (receipt) => void deleted.push(receipt),
        setVisibilityTimeout: async (receipt, seconds) => void shown.push(`${receipt} after ${seconds} s`),
        send: async (messages) => void sent.push(...(await collect(messages))),
      },
    },
    fault,
  );
  const asked: string[] = [];
  const drop = (ms = 60_000) =>
    dropStaleMessages(
      [deps.queue],
      async (reqId) => {
        asked.push(reqId);
        return reqId !== "new";
      },
      ms,
    );
  return { drop, left, deleted, shown, sent, calls, asked };
}
const many = (count: number) => times(count, () => ENDED);

describe("dropping", () => {
  it("deletes what belongs to ended requests, until nothing is left", async () => {
    const { drop, deleted, asked } = queueOf([...many(95), bodyOf("r2")]);
    expect(await drop()).toEqual({ dropped: 96, othersFound: false });
    expect(new Set(deleted).size).toBe(96);
    expect(new Set(asked)).toEqual(new Set(["r1", "r2"]));
  });

  it.each(['{"req_id": 1}'])("leaves what names no request, %s, to the agents, and goes on", async (other) => {
    const { drop, deleted, shown } = queueOf([other, ...many(95)]);
    expect(await drop()).toEqual({ dropped: 95, othersFound: false });
    expect(deleted).not.toContain("0");
    expect(shown).toEqual([]);
  });

  it("deletes what names an ended request and is not a task", async () => {
    const { drop, deleted } = queueOf([JSON.stringify({ req_id: "r1", pop: "p" }), ENDED]);
    expect(await drop()).toEqual({ dropped: 2, othersFound: false });
    expect(deleted).toEqual(["0", "1"]);
  });

  it("makes visible again what names a request that goes on and is not a task", async () => {
    const { drop, deleted, shown } = queueOf([JSON.stringify({ req_id: "new", pop: "p" })]);
    expect(await drop()).toEqual({ dropped: 0, othersFound: true });
    expect([shown, deleted]).toEqual([["0 after 0 s"], []]);
  });

  it("sends a message of a request that goes on anew, for it uses up a delivery of the old one, and ends there", async () => {
    const { drop, deleted, shown, sent, calls, left } = queueOf([ENDED, GOES_ON, ...many(200)]);
    expect(await drop()).toMatchObject({ othersFound: true });
    expect(sent).toEqual([JSON.parse(GOES_ON)]);
    expect(deleted).toContain("1");
    expect(shown).toEqual([]);
    // Nobody receives any more when it is sent: a receiver would only get it again.
    expect(calls.indexOf("queue.send")).toBeGreaterThan(calls.lastIndexOf("queue.receive"));
    // What the receivers had already is dropped, no more.
    expect(left.length).toBeGreaterThanOrEqual(200 - 160);
  });

  it("does not delete a message of a request that goes on if it cannot be sent anew", async () => {
    const { drop, calls } = queueOf([GOES_ON], failing("queue.send"));
    await drop();
    expect(calls).toContain("queue.send");
    expect(calls).not.toContain("queue.delete");
  });

  it("ends when its time is over, not before it began", async () => {
    const { drop, left } = queueOf(many(100_000));
    expect(await drop(0)).toEqual({ dropped: 0, othersFound: false });
    expect(left).toHaveLength(100_000);
    expect((await drop(20)).dropped).toBeGreaterThan(0);
    expect(left.length).toBeGreaterThan(0);
  });
});
