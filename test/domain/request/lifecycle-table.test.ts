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
import { awsError, fakeClient } from "../../aws/client.ts";
import { request } from "../../lambdas/items.ts";
import { holds } from "../../pipeline/expressions.ts";

const events: [string, Transition][] = Object.entries(EVENTS);
const states = Object.keys(STATES) as State[];

/** The states to which events lead from one. */
function nextOf(state: State): State[] {
  return events.flatMap(([, { from, to }]) => (from.includes(state) && to !== undefined && to !== state ? [to] : []));
}

/** Every path from a state to an end, without going through a state twice. */
function pathsFrom(state: State, before: readonly State[] = []): State[][] {
  const path = [...before, state];
  const next = nextOf(state).filter((it) => !path.includes(it));
  return next.length === 0 ? [path] : next.flatMap((it) => pathsFrom(it, path));
}

describe("every path of a request", () => {
  const paths = pathsFrom("CREATED");

  it("begins at CREATED and ends in a state that can be closed", () => {
    expect(events.filter(([, { from }]) => from.length === 0).map(([event, { to }]) => [event, to])).toEqual([
      ["CREATE", "CREATED"],
    ]);
    for (const path of paths) expect(EVENTS.CLOSE.from, path.join(" → ")).toContain(path.at(-1));
  });

  it("together go through each state", () => {
    expect(new Set(paths.flat())).toEqual(new Set(states));
  });

  it("never leave an end, nor return to a state that was left", () => {
    for (const state of ENDED_STATES) expect(nextOf(state)).toEqual([]);
    const order = (state: State) => states.indexOf(state);
    for (const path of paths)
      expect(path.map(order), path.join(" → ")).toEqual(path.map(order).toSorted((a, b) => a - b));
  });

  it("can be stopped, time out and fail anywhere before the end", () => {
    for (const state of ACTIVE_STATES)
      expect(nextOf(state)).toEqual(expect.arrayContaining(["STOPPED", "TIMEOUT", "FAILED"]));
  });

  it("have a step that Watch can restart, in each state before all tasks are queued", () => {
    expect(EVENTS.RESTART_STEP.from).toEqual(ACTIVE_STATES.filter((state) => state !== "IN_PROGRESS"));
    for (const state of EVENTS.RESTART_STEP.from) expect(STATES[state].step).toBeDefined();
  });

  it("are the ones that lead from CREATED to FINISHED with and without sources", () => {
    const finished = paths.filter((path) => path.at(-1) === "FINISHED").map((path) => path.slice(0, -1).join(" "));
    const [queueing, working] = ["CREATED CHECK_POP INSERT_TASK", "CREATED CHECK_POP INSERT_TASK IN_PROGRESS"];
    const withSources = (path: string) => path.replace("CREATED", "CREATED EXPANDING EXPANDED");
    expect(new Set(finished)).toEqual(new Set([queueing, working, withSources(queueing), withSources(working)]));
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
