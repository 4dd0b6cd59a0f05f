// What a lab's run may show, made up: all is well, unless a test changes something.
import type { Progress } from "../../../client/answers.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import type { OriginRequestSeen } from "../../../tools/edge/origin-log.ts";
import {
  type Check,
  type Kill,
  type Observations,
  type ObservedRequest,
  type Sample,
  taskOf,
} from "../../../tools/lab/engine/scenario.ts";
import { isWrong, noObservations } from "../../../tools/lab/run.ts";
import type { StackInventory } from "../../../tools/local/inventory.ts";

export const HOST = "https://www.example.com";
export const POP = "SIN2-P1";

export function resultOf(path: string, changes: Partial<TaskResult> = {}): TaskResult {
  const url = `${HOST}${path}`;
  const result: Partial<TaskResult> = { pop: POP, url, ok: true, bytes: 100, outcome: "warm", ...changes };
  return result as TaskResult;
}

/** The progress of two tasks that are done. */
export const DONE: Progress = Object.assign({} as Progress, {
  status: "FINISHED",
  total_count: 2,
  total_size: 200,
  download_count: 2,
  download_size: 200,
  failed_count: 0,
  in_progress_size: 0,
});

/** A request of two tasks. */
export function requestSeen(changes: Partial<ObservedRequest> = {}): ObservedRequest {
  const { name = "it", paths = ["/a", "/b"] } = changes;
  const urls = paths.map((path) => `${HOST}${path}`);
  return {
    name,
    reqId: "r1",
    paths,
    pops: [POP],
    planned: new Set(urls.map((url) => taskOf(POP, url))),
    startedAt: 1_000,
    endedAt: 11_000,
    progress: DONE,
    samples: [],
    results: paths.map((path) => resultOf(path)),
    reportRows: 0,
    failedUrls: [],
    requeues: 0,
    holders: new Map(),
    ...changes,
  };
}

/** What a stack holds: nothing, unless a test says more. */
export function held(changes: Partial<StackInventory> = {}): StackInventory {
  return { requests: 0, messages: 0, deadLetters: 0, objects: 0, timers: 0, instances: 0, ...changes };
}

export function observed(request: Partial<ObservedRequest> = {}, others: Partial<Observations> = {}): Observations {
  const it = requestSeen(request);
  return { ...noObservations(), requests: new Map([[it.name, it]]), inventories: [held()], ...others };
}

/** A request at the origin, so many milliseconds after the start of the request. */
export function asked(at: number, changes: Partial<OriginRequestSeen> = {}): OriginRequestSeen {
  const request = { domain: undefined, method: "GET", path: "/a", range: undefined, acceptEncoding: undefined };
  return { ...request, at: 1_000 + at, status: 200, probe: false, refused: false, ...changes };
}

/** An agent that was killed a second after the start of the request, unless a test says more. */
export function kill(changes: Partial<Kill> = {}): Kill {
  return { client: "c", at: 2_000, finished: new Set(), point: "at any time", ...changes };
}

/** @returns whether a check is not content */
export function isCaught(check: Check, observations: Observations): boolean {
  return [check(observations)].flat().some(isWrong);
}

type Row = readonly [what: string, check: Check, wrong: Observations, well?: Observations];

/** Each check finds what is wrong, and nothing in what is well. @param rows what is well: by default, two tasks that are done */
export function finds(rows: readonly Row[]): void {
  for (const [what, check, wrong, well = observed()] of rows)
    it(`${what} is found`, () => {
      expect([check(well)].flat().filter(isWrong)).toEqual([]);
      expect(isCaught(check, wrong)).toBe(true);
    });
}

/** What the API said so many milliseconds after the start of the request. */
export function sample(at: number, changes: Partial<Progress> = {}): Sample {
  return { ...DONE, status: "IN_PROGRESS", ...changes, at: 1_000 + at };
}
