import { expect, test } from "vitest";
import { decideWhenIdle } from "../../agent/idle.ts";

const NOW = new Date("2024-04-16T03:12:21.000Z");
const active = (reqId: string, status: string, secondsAgo: number) => ({
  reqId,
  status,
  lastUpdate: new Date(NOW.getTime() - secondsAgo * 1_000),
});
const decide = (idleSeconds: number, ...requests: ReturnType<typeof active>[]) =>
  decideWhenIdle({ idleMs: idleSeconds * 1_000, active: requests, now: NOW, stallMs: 20_000, retireMs: 900_000 });

test.each([
  { name: "just idle, nothing active", idle: 21, requests: [], settle: [], retire: false },
  { name: "idle for long, nothing active", idle: 900, requests: [], settle: [], retire: true },
  { name: "nearly for long", idle: 899, requests: [], settle: [], retire: false },
  {
    name: "idle for long, one not begun",
    idle: 900,
    requests: [active("a", "CREATED", 900)],
    settle: [],
    retire: false,
  },
  { name: "one that moves", idle: 900, requests: [active("a", "IN_PROGRESS", 19)], settle: [], retire: false },
  { name: "one that stalls", idle: 20, requests: [active("a", "IN_PROGRESS", 20)], settle: ["a"], retire: false },
  {
    name: "one whose queueing stalls",
    idle: 20,
    requests: [active("a", "INSERT_TASK", 99)],
    settle: ["a"],
    retire: false,
  },
  {
    name: "one that stalls, but work goes on here",
    idle: 19,
    requests: [active("a", "IN_PROGRESS", 99)],
    settle: [],
    retire: false,
  },
  {
    name: "one that waits for its POPs",
    idle: 99,
    requests: [active("a", "CHECK_POP", 99)],
    settle: [],
    retire: false,
  },
  {
    name: "several",
    idle: 900,
    requests: [active("a", "IN_PROGRESS", 30), active("b", "IN_PROGRESS", 1), active("c", "INSERT_TASK", 30)],
    settle: ["a", "c"],
    retire: false,
  },
])("$name", ({ idle, requests, settle, retire }) => {
  expect(decide(idle, ...requests)).toEqual({ settle, retire });
});
