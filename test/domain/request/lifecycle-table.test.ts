import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { RequestTable } from "../../../aws/request-table.ts";
import {
  ACTIVE_STATES,
  type AdvancingEvent,
  attributesOf,
  ENDED_STATES,
  type EndingEvent,
  EVENTS,
  STATES,
  type State,
  stateOf,
  type Transition,
} from "../../../domain/request/lifecycle.ts";
import { ACTIVE } from "../../../domain/request/request-item.ts";
import { holds } from "../../../tools/memory-aws/expressions.ts";
import { awsError, fakeClient } from "../../aws/client.ts";
import { request } from "../../lambdas/items.ts";

const events: [string, Transition][] = Object.entries(EVENTS);
const states = Object.keys(STATES) as State[];

/** The states to which events lead from one. */
function nextOf(state: State): State[] {
  return events.flatMap(([, { from, to }]) => (from.includes(state) && to !== undefined && to !== state ? [to] : []));
}

describe("a request", () => {
  it("begins at CREATED", () => {
    const first = events.filter(([, { from }]) => from.length === 0);
    expect(first.map(([event, { to }]) => [event, to])).toEqual([["CREATE", "CREATED"]]);
  });

  it.each(states)(
    "goes on from %s to a state that comes later, and from an end nowhere, where it can be closed",
    (state) => {
      const isEnd = ENDED_STATES.includes(state);
      const order = (it: State) => states.indexOf(it);
      for (const next of nextOf(state)) expect(order(next)).toBeGreaterThan(order(state));
      expect([nextOf(state).length === 0, EVENTS.CLOSE.from.includes(state)]).toEqual([isEnd, isEnd]);
      // Each state can be reached.
      if (state !== "CREATED") expect(states.some((before) => nextOf(before).includes(state))).toBe(true);
    },
  );

  it.each(ACTIVE_STATES)("can be stopped, time out and fail at %s", (state) =>
    expect(nextOf(state)).toEqual(expect.arrayContaining(["STOPPED", "TIMEOUT", "FAILED"])),
  );

  it("has a step that Watch can restart, in each state before all tasks are queued", () => {
    expect(EVENTS.RESTART_STEP.from).toEqual(ACTIVE_STATES.filter((state) => state !== "IN_PROGRESS"));
    for (const state of EVENTS.RESTART_STEP.from) expect(STATES[state].step).toBeDefined();
  });
});

/** A table with one request in this state, of which only conditions are evaluated; and the values that were written. */
function tableIn(state: State) {
  const { status, expanded } = attributesOf(state);
  const ended = ENDED_STATES.includes(state);
  const item = {
    req_id: { S: "r1" },
    status: { S: status },
    requeues: { N: "0" },
    nudges: { N: "0" },
    last_update_time: { S: "" },
    ...(ended ? {} : { active: { S: ACTIVE } }),
    ...(expanded === undefined ? {} : { expanded: { S: expanded } }),
  };
  const { client, sent } = fakeClient<DynamoDBDocument>(({ input }) => {
    const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues = {} } = input;
    const values = Object.entries(ExpressionAttributeValues).map(([name, value]) => [
      name,
      typeof value === "number" ? { N: String(value) } : { S: String(value) },
    ]);
    const placeholders = { ExpressionAttributeNames, ExpressionAttributeValues: Object.fromEntries(values) };
    if (!holds(ConditionExpression, item, placeholders)) throw awsError("ConditionalCheckFailedException");
    return {};
  });
  const invoked: string[] = [];
  const shutdown = { invoke: async (reqId: string) => void invoked.push(reqId) };
  const table = new RequestTable(client, "requests", () => undefined, shutdown);
  const written = () => sent.at(-1)?.input.ExpressionAttributeValues;
  return { table, written, invoked, item: request({ status, expanded }) };
}

/** Causes an event at the table. */
const CAUSES: Record<Exclude<keyof typeof EVENTS, "CREATE">, (w: ReturnType<typeof tableIn>) => Promise<boolean>> = {
  EXPAND: advances("EXPAND"),
  SOURCES_READ: advances("SOURCES_READ"),
  SIZES_READ: advances("SIZES_READ"),
  POPS_RESOLVED: advances("POPS_RESOLVED"),
  TASKS_QUEUED: advances("TASKS_QUEUED"),
  RESTART_STEP: ({ table, item }) => table.restartStep(item),
  REQUEUE: ({ table, item }) => table.claimRequeue(item),
  FINISH: ends("FINISH"),
  GIVE_UP: ends("GIVE_UP"),
  FAIL: ends("FAIL"),
  TIME_OUT: ends("TIME_OUT"),
  STOP: ends("STOP"),
  CLOSE: ({ table }) => table.close("r1"),
};

function advances(event: AdvancingEvent) {
  return ({ table }: ReturnType<typeof tableIn>) => table.advance("r1", event);
}

function ends(event: EndingEvent) {
  return ({ table }: ReturnType<typeof tableIn>) => table.end("r1", event);
}

describe.each(states)("the Request table, of a request at %s", (state) => {
  it.each(Object.entries(CAUSES))(
    "takes %s only where the lifecycle has it, and writes the next state",
    async (event, cause) => {
      const { from, to }: Transition = (EVENTS as Record<string, Transition>)[event] ?? EVENTS.CREATE;
      const w = tableIn(state);
      const allowed = from.includes(state);
      expect(await cause(w)).toBe(allowed);
      const written = { status: w.written()?.[":status"] ?? w.item.status, expanded: w.written()?.[":expanded"] };
      if (allowed && to !== undefined) expect(stateOf(written as Parameters<typeof stateOf>[0])).toBe(to);
      expect(w.invoked).toEqual(allowed && to !== undefined && ENDED_STATES.includes(to) ? ["r1"] : []);
    },
  );
});
