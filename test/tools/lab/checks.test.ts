// Each check of the lab is shown what is well, and what is not.
import {
  allTasksEndWell,
  countsAreRight,
  endsAs,
  faultsHappened,
  noDeadLetters,
  noTaskLost,
  nothingLeft,
  notQueuedAgain,
  repeatsAreExplained,
} from "../../../tools/lab/check/tasks.ts";
import { taskOf } from "../../../tools/lab/engine/scenario.ts";
import { RESTART_MS } from "../../../tools/local/fleet.ts";
import { DONE, finds, HOST, held, isCaught, kill, observed, POP, resultOf } from "./made-up.ts";

const left = (...all: Parameters<typeof held>[0][]) => observed({}, { inventories: all.map(held) });
const progress = (changes: object) => ({ progress: { ...DONE, ...changes } });

describe("what tasks leave", () => {
  const A = resultOf("/a");
  const B = resultOf("/b");
  const [noneFails = nothingLeft] = allTasksEndWell("it").slice(-1);
  const happened = (kind: string) => observed({}, { faults: new Map([[kind, 1]]) });
  finds([
    ["a task without a result", noTaskLost("it"), observed({ results: [A] })],
    ["a task with two results", noTaskLost("it"), observed({ results: [A, B, B] })],
    ["a result of no task", noTaskLost("it"), observed({ results: [A, B, resultOf("/c")] })],
    ["a result that was counted twice", countsAreRight("it"), observed(progress({ download_count: 3 }))],
    ["a task that was planned twice", countsAreRight("it"), observed(progress({ total_count: 3 }))],
    ["bytes that were counted twice", countsAreRight("it"), observed(progress({ download_size: 300 }))],
    ["a failure that was not counted", countsAreRight("it"), observed({ results: [A, resultOf("/b", { ok: false })] })],
    ["a report without a failure", countsAreRight("it"), observed({ reportRows: 1 })],
    ["a report that is not there", countsAreRight("it"), observed({ reportRows: Number.NaN })],
    ["a request that does not end", endsAs("it", "FINISHED"), observed(progress({ status: "IN_PROGRESS" }))],
    ["a task that fails", noneFails, observed(progress({ failed_count: 1 }))],
    ["a URL whose size is not read", noneFails, observed({ failedUrls: ["/a"] })],
    ["a task that was queued again", notQueuedAgain("it"), observed({ requeues: 1 })],
    ["a message", nothingLeft, left({ messages: 1 })],
    ["an instance", nothingLeft, left({ instances: 1 })],
    ["a timer", nothingLeft, left({ timers: 1 })],
    ["a message of an earlier end", nothingLeft, left({ messages: 1 }, {})],
    ["a dead letter", noDeadLetters, left({ deadLetters: 1 })],
    ["a run without faults", faultsHappened("agent: killed"), happened("call: fail"), happened("agent: killed")],
  ]);
});

describe("what is downloaded again", () => {
  const get = (client: string, at: number) => ({ client, at, path: "/a", pop: POP });
  const killed = (client: string, at: number, finished: readonly string[] = []) => [
    kill({ client, at, finished: new Set(finished) }),
  ];
  const check = repeatsAreExplained("it");
  const twice = [get("a", 1), get("b", 9)];

  it("is explained by the agent that was killed with the task in its hands, also if the edge saw its GET later", () => {
    expect(isCaught(check, observed({}, { gets: twice, kills: killed("a", 5) }))).toBe(false);
    expect(isCaught(check, observed({}, { gets: twice, kills: killed("a", 0) }))).toBe(false);
  });

  it.each([
    ["nobody was killed", []],
    ["another was killed", killed("b", 5)],
    ["it was started again before", killed("a", 1 - RESTART_MS)],
    ["it was killed after", killed("a", 10)],
    ["its result stood", killed("a", 5, [taskOf(POP, `${HOST}/a`)])],
  ])("is not if %s", (_, kills) => {
    expect(isCaught(check, observed({}, { gets: twice, kills }))).toBe(true);
  });
});
