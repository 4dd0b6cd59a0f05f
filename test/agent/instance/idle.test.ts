import { expect, test } from "vitest";
import { decideIdle } from "../../../agent/instance/idle.ts";
import { decideSettlement } from "../../../domain/request/settlement.ts";
import { formatTimestamp } from "../../../domain/request/timestamps.ts";

const NOW = new Date("2024-04-16T03:12:21.000Z");
const ago = (seconds: number) => formatTimestamp(new Date(NOW.getTime() - seconds * 1_000));
/** A request whose numbers last moved so many seconds ago, and whose time is up so many seconds ago (or is to come). */
const active = (req_id: string, status: string, moved: number, timeout = -3_600) => ({
  ...{ req_id, status, last_update_time: ago(moved), timeout_at: ago(timeout) },
});

interface Case {
  readonly name: string;
  /** Seconds without work here. @default 900 */
  readonly idle?: number;
  /** @default 0 */
  readonly messages?: number;
  /** @default none */
  readonly requests?: ReturnType<typeof active>[];
  /** @default none */
  readonly settle?: string[];
  /** @default false */
  readonly retire?: boolean;
}

const cases: readonly Case[] = [
  { name: "nothing active, idle for a moment", idle: 21 },
  { name: "nothing active, idle for nearly long enough", idle: 899 },
  { name: "nothing active, idle for long", retire: true },
  { name: "one not begun", requests: [active("a", "CREATED", 900)] },
  { name: "one that waits for its POPs", requests: [active("a", "CHECK_POP", 900)] },
  { name: "one that moves", requests: [active("a", "IN_PROGRESS", 19)] },
  { name: "one that stalls", idle: 20, requests: [active("a", "IN_PROGRESS", 20)], settle: ["a"] },
  { name: "one whose queueing stalls", idle: 20, requests: [active("a", "INSERT_TASK", 20)], settle: ["a"] },
  { name: "one that stalls, but work goes on here", idle: 19, requests: [active("a", "IN_PROGRESS", 900)] },
  { name: "one that stalls, but messages are left", messages: 1, requests: [active("a", "IN_PROGRESS", 614)] },
  { name: "the same for long", messages: 1, requests: [active("a", "IN_PROGRESS", 615)], settle: ["a"] },
  { name: "one whose time has just been up", idle: 0, requests: [active("a", "IN_PROGRESS", 1, 119)] },
  { name: "one that nobody ended", idle: 0, requests: [active("a", "IN_PROGRESS", 1, 120)], settle: ["a"] },
  {
    name: "one that nobody ended, nor begun",
    idle: 0,
    messages: 9,
    requests: [active("a", "CREATED", 1, 120)],
    settle: ["a"],
  },
  {
    name: "several",
    requests: [active("a", "IN_PROGRESS", 30), active("b", "IN_PROGRESS", 1), active("c", "INSERT_TASK", 30)],
    settle: ["a", "c"],
  },
];

test.each(cases)("$name", ({ idle = 900, messages = 0, requests = [], settle = [], retire = false }) => {
  const facts = { idleMs: idle * 1_000, messages, active: requests, now: NOW, stallMs: 20_000, retireMs: 900_000 };
  expect(decideIdle(facts)).toEqual({ settle, retire });
});

test("the recount that is asked for while messages are left queues what is lost, and does not begin the wait again", () => {
  const recount = { total: 4, counted: 3, timeIsUp: false, messages: 1, requeues: 0, allQueued: true };
  const asks = (moved: number) =>
    decideIdle({
      ...{ idleMs: 900_000, messages: 1, active: [active("a", "IN_PROGRESS", moved)], now: NOW },
      ...{ stallMs: 20_000, retireMs: 900_000 },
    }).settle.length > 0;
  const first = Array.from({ length: 1_000 }, (_, seconds) => seconds).find(asks) ?? 0;
  // The clock of the function may be some seconds behind.
  expect(decideSettlement({ ...recount, stillForMs: (first - 10) * 1_000 })).toBe("REQUEUE");
});
