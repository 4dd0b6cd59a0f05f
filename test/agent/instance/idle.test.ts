import { expect, test } from "vitest";
import { decideIdle } from "../../../agent/instance/caretaker.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";

const NOW = new Date("2024-04-16T03:12:21.000Z");
/** A request whose time is up so many seconds ago (or is to come). */
const active = (req_id: string, timeout = -3_600) => ({
  req_id,
  timeout_at: formatTimestamp(new Date(NOW.getTime() - timeout * 1_000)),
});

interface Case {
  readonly name: string;
  /** Seconds without work here. @default 900 */
  readonly idle?: number;
  /** @default none */
  readonly requests?: ReturnType<typeof active>[];
  /** @default none */
  readonly overdue?: string[];
  /** @default false */
  readonly lookAround?: boolean;
  /** @default false */
  readonly retire?: boolean;
}

const cases: readonly Case[] = [
  { name: "nothing active, idle for a moment", idle: 21 },
  { name: "nothing active, idle for nearly long enough", idle: 899 },
  { name: "nothing active, idle for long", retire: true },
  { name: "one is active, and there was work a moment ago", idle: 59, requests: [active("a")] },
  { name: "one is active, and there was none for a while", idle: 60, requests: [active("a")], lookAround: true },
  { name: "one whose time has just been up", idle: 0, requests: [active("a", 119)] },
  { name: "one that nobody ended", idle: 0, requests: [active("a", 120), active("b")], overdue: ["a"] },
  { name: "the same, and nothing to do", requests: [active("a", 120)], overdue: ["a"], lookAround: true },
];

test.each(cases)("$name", ({ idle = 900, requests = [], overdue = [], lookAround = false, retire = false }) => {
  const facts = { idleMs: idle * 1_000, active: requests, now: NOW, timings: { recheckMs: 60_000 }, retireMs: 900_000 };
  const decision = decideIdle(facts);
  expect(decision.overdue.map(({ req_id }) => req_id)).toEqual(overdue);
  expect(decision).toMatchObject({ lookAround, retire });
});
