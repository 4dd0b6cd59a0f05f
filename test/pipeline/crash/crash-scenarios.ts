// The requests whose calls are tried, and whose calls those are: together they are all functions with effects, and the agent.
import { setTimeout as sleep } from "node:timers/promises";
import { DEAD_POP, FRANKFURT, HOST, type Pipeline, SINGAPORE, TOKYO } from "../pipeline.ts";
import { body, failGet, files, type Scenario, text, urlsOf } from "../scenarios.ts";

export interface CrashScenario extends Scenario {
  /** Functions whose calls are tried, or `agent`. Each makes a call with an effect. */
  readonly roles: readonly string[];
  /** Which of their calls, where another scenario tries the others. @default all */
  readonly calls?: RegExp;
  /**
   * Whether answers are lost, too, and whether each process dies after its second call of a kind, too.
   * @default false: calls fail, and processes die after the first
   */
  readonly isThorough?: boolean;
}

/** Functions that no request calls, and why. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  ApiAccessRedeploying: "deploys the API when its resource policy changes; only CloudFormation calls it",
  ConsolePage: "serves the console's files, and calls nothing",
  StorageEmptying: "empties the bucket when the stack is deleted; only CloudFormation calls it",
};

const POPS = [...FRANKFURT, ...SINGAPORE];
const crashed = files("crashed", 4);
const listed = files("listed", 3);
const retried = files("retried", 2);
const stopped = files("stopped", 2);
const abandoned = files("abandoned", 2);
const lost = files("lost", 2);

export const LEADS: CrashScenario = {
  name: "leads, followers and failures",
  roles: ["Aggregation", "Api", "GetSize", "Shutdown", "Task", "agent"],
  isThorough: true,
  site: crashed,
  options: { edge: { closedPops: TOKYO.slice(1, 2) } },
  faults: () => failGet(/0\.bin$/, { kind: "status", status: 404 }, FRANKFURT),
  bodies: [body(crashed, { pops: [...TOKYO, ...FRANKFURT, DEAD_POP], need_invalidate: true })],
};

export const SOURCES: CrashScenario = {
  name: "sources and limits",
  roles: ["Expand", "GetSize", "agent"],
  site: { ...listed, "/list.txt": text(urlsOf(listed).join("\n")) },
  bodies: [
    body(listed, {
      url_list: [],
      sources: [{ type: "list", url: `https://${HOST}/list.txt` }],
      pops: POPS,
      origin: { requests_per_second: 20 },
    }),
  ],
};

export const RETRY: CrashScenario = {
  name: "a retry of what failed",
  roles: ["Api", "GetSize"],
  site: retried,
  faults: (round) => (round === 0 ? failGet(/0\.bin$/, { kind: "status", status: 403 }, SINGAPORE) : undefined),
  bodies: [body(retried, { pops: POPS }), (previousId) => ({ timeout: 30, instance_count: 1, retry_of: previousId })],
};

export const STOP: CrashScenario = {
  name: "a stop while downloads hang",
  roles: ["Api", "Shutdown", "agent"],
  site: stopped,
  faults: () => failGet(/0\.bin$/, { kind: "stall", after: 100 }),
  bodies: [body(stopped, { pops: POPS })],
  during: async (pipeline, reqId) => {
    await pipeline.untilInProgress(reqId);
    await sleep(20_000);
    await resize(pipeline, { DesiredCapacity: 0, req_id: reqId, force_stop: true });
  },
};

export const DEAD_LETTERS: CrashScenario = {
  name: "messages that nobody finishes",
  roles: ["Api", "Watch", "agent"],
  site: abandoned,
  bodies: [body(abandoned, { pops: POPS, instance_count: 0 })],
  during: async (pipeline, reqId) => {
    await pipeline.untilInProgress(reqId);
    await pipeline.abandonMessages("TaskQueueExpress");
    await resize(pipeline, { DesiredCapacity: 1 });
  },
};

export const LOST_MESSAGES: CrashScenario = {
  name: "messages that are lost while no instance runs",
  roles: ["Shutdown", "Watch"],
  // How a request ends is tried with leads.
  calls: /^sqs|^lambda|^scheduler CreateSchedule|^dynamodb (Put|Delete)Item|SET (empty_seen_at|requeues)/,
  site: lost,
  bodies: [body(lost, { pops: POPS, timeout: 120 })],
  during: async (pipeline, reqId) => {
    await pipeline.untilInProgress(reqId);
    // As if Spot had no instance: the request goes on wishing for one.
    pipeline.aws.autoScaling.set(0);
    await sleep(60_000);
    pipeline.loseMessages("TaskQueueExpress");
    // Without agents, only Watch finds that, and Shutdown queues the tasks again.
    await pipeline.until(() => pipeline.messages("TaskQueueExpress").length > 0, "the tasks are queued again");
    await resize(pipeline, { DesiredCapacity: 1 });
  },
};

export const CRASH_SCENARIOS: readonly CrashScenario[] = [LEADS, SOURCES, RETRY, STOP, DEAD_LETTERS, LOST_MESSAGES];

/** Calls the API until it answers: a call that fails, or whose function dies, comes again. */
async function resize(pipeline: Pipeline, body: object): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await pipeline.api("POST", "instances", body).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(10_000);
  }
  throw new Error("POST /instances does not answer");
}
