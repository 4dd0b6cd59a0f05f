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
import { ACTIVE, type RequestItem } from "../../../domain/request/request-item.ts";
import { memoryTables } from "../../lambdas/fakes/tables.ts";
import { request } from "../../lambdas/items.ts";

const states = Object.keys(STATES) as State[];

it.each(ACTIVE_STATES)("a request can be stopped, time out and fail at %s, and ends nowhere twice", (state) => {
  const events: readonly Transition[] = Object.values(EVENTS);
  const next = events.flatMap(({ from, to }) => (from.includes(state) ? [to] : []));
  expect(next).toEqual(expect.arrayContaining(["STOPPED", "TIMEOUT", "FAILED"]));
});

it("no event leads on from an end, or back to a state before", () => {
  const moves = Object.values<Transition>(EVENTS).filter(({ to }) => to !== undefined);
  for (const { from, to } of moves) {
    expect(from.filter((state) => ENDED_STATES.includes(state as never))).toEqual([]);
    for (const state of from) expect(states.indexOf(to ?? state)).toBeGreaterThan(states.indexOf(state));
  }
});

it("a request has a step that Watch can restart, in each state before all tasks are queued", () =>
  expect(EVENTS.RESTART_STEP.from).toEqual(ACTIVE_STATES.filter((state) => state !== "IN_PROGRESS")));

type Cause = (requests: ReturnType<typeof memoryTables>["requests"], item: RequestItem) => Promise<boolean>;
const advances =
  (event: AdvancingEvent): Cause =>
  (requests) =>
    requests.advance("r1", event);
const ends =
  (event: EndingEvent): Cause =>
  (requests) =>
    requests.end("r1", event);

/** Causes an event at the table. */
const CAUSES: Record<Exclude<keyof typeof EVENTS, "CREATE">, Cause> = {
  EXPAND: advances("EXPAND"),
  SOURCES_READ: advances("SOURCES_READ"),
  SIZES_READ: advances("SIZES_READ"),
  POPS_RESOLVED: advances("POPS_RESOLVED"),
  TASKS_QUEUED: advances("TASKS_QUEUED"),
  RESTART_STEP: (requests, item) => requests.restartStep(item),
  REQUEUE: (requests, item) => requests.claimRequeue(item),
  EXTEND: (requests, item) => requests.claimExtension(item, { total_count: 2, total_size: 20 }),
  FINISH: ends("FINISH"),
  GIVE_UP: ends("GIVE_UP"),
  FAIL: ends("FAIL"),
  TIME_OUT: ends("TIME_OUT"),
  STOP: ends("STOP"),
  CLOSE: (requests) => requests.close("r1"),
};

describe.each(states)("the Request table, of a request at %s", (state) => {
  it.each(Object.keys(CAUSES) as (keyof typeof CAUSES)[])(
    "takes %s only where the lifecycle has it, and writes the next state",
    async (event) => {
      const { from, to }: Transition = EVENTS[event];
      const active = ENDED_STATES.includes(state) ? undefined : ACTIVE;
      const item = request({ ...attributesOf(state), active });
      const { requests } = memoryTables(item);
      const next = from.includes(state) ? to : undefined;
      expect(await CAUSES[event](requests, item)).toBe(from.includes(state));
      expect(stateOf(requests.the())).toBe(next ?? state);
      expect(requests.ended).toEqual(next !== undefined && ENDED_STATES.includes(next) ? ["r1"] : []);
    },
  );
});
