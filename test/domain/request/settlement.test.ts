import { describe, expect, it } from "vitest";
import { decideSettlement, MAX_REQUEUES } from "../../../domain/request/settlement.ts";

const facts = { total: 4, counted: 3, timeIsUp: false, messages: 0, requeues: 0, allQueued: true, stillForMs: 0 };

describe("a recount leads to", () => {
  it.each([
    ["FINISH", "every task has a result", { counted: 4 }],
    ["FINISH", "with messages left: they are duplicates", { counted: 4, messages: 2 }],
    ["FINISH", "even when the time is up", { counted: 4, timeIsUp: true }],
    ["TIME_OUT", "the time is up", { timeIsUp: true }],
    ["TIME_OUT", "with messages on their way", { timeIsUp: true, messages: 2 }],
    ["TIME_OUT", "before the POPs were resolved", { total: 0, counted: 0, timeIsUp: true }],
    ["GO_ON", "messages are on their way", { messages: 1 }],
    ["GO_ON", "nothing is known yet", { total: 0, counted: 0 }],
    ["GO_ON", "tasks are still being queued", { allQueued: false }],
    ["GO_ON", "messages are on their way, and not for long", { messages: 1, stillForMs: 599_999 }],
    ["REQUEUE", "the messages must be another request's", { messages: 1, stillForMs: 600_000 }],
    ["REQUEUE", "no message could bring what is missing", {}],
    ["REQUEUE", "for the last time", { requeues: MAX_REQUEUES - 1 }],
    ["GIVE_UP", "often enough", { requeues: MAX_REQUEUES }],
    ["GO_ON", "often enough, but messages are on their way", { requeues: MAX_REQUEUES, messages: 1 }],
  ] as const)("%s: %s", (settlement, _, change) => {
    expect(decideSettlement({ ...facts, ...change })).toBe(settlement);
  });
});
