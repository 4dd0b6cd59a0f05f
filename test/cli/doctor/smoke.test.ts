// The smoke test: a request that is followed to its end, and what is told from what it leaves behind.
import { EventEmitter } from "node:events";
import { runChecks, type Status } from "../../../cli/doctor/check/check.ts";
import { StackReader } from "../../../cli/doctor/deployed/read-stack.ts";
import { judgeProof, smokeChecks } from "../../../cli/doctor/smoke/checks.ts";
import { stopOnInterrupt } from "../../../cli/doctor/smoke/follow.ts";
import { TraceReader } from "../../../cli/doctor/smoke/traces.ts";
import type { Progress } from "../../../client/answers.ts";
import { RefusedError } from "../../../client/api-client.ts";
import { awsError } from "../../aws/client.ts";
import { serve } from "../../serve.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { SUMMARY } from "../fake-api.ts";
import { progress } from "../progress.ts";
import { type Answers, clientsAnswering, expectJudgement, judgementOf } from "./stubbed-clients.ts";

useVirtualClock({ idleMs: 2 });

/** How a smoke test goes; what a test does not name goes well. */
interface World {
  /** The answers of GET /prewarm, a minute apart; the last one repeats. */
  readonly steps?: readonly Partial<Progress>[];
  /** Instances in the group, whenever it is asked; the last one repeats. */
  readonly instances?: readonly number[];
  readonly refusal?: Error;
  /** The answer of GET /prewarm with which somebody presses Ctrl-C. */
  readonly interruptedAt?: number;
  readonly report?: { readonly status: number; readonly text: string };
  readonly xCache?: string;
  readonly aws?: Answers;
}

const HIT = "Hit from cloudfront";
const RUNNING = { status: "IN_PROGRESS", download_count: 0 } as const;
const ENDED = { status: "FINISHED", download_count: 2 } as const;

const RESOURCES = [
  ["AWS::AutoScaling::AutoScalingGroup", "PrewarmFleetGroup", "stack-fleet"],
  ["AWS::Logs::LogGroup", "PrewarmFleetLogsGroup1", "logs"],
  ["AWS::Scheduler::ScheduleGroup", "Timers", "timers"],
] as const;
const AWS: Answers = {
  ListStackResources: {
    StackResourceSummaries: RESOURCES.map(([ResourceType, LogicalResourceId, PhysicalResourceId]) => ({
      ResourceType,
      LogicalResourceId,
      PhysicalResourceId,
    })),
  },
  GetSchedule: awsError("ResourceNotFoundException"),
  GetMetricStatistics: { Datapoints: [{ Sum: 2 }] },
  FilterLogEvents: ({ startTime = "" }) => ({
    events: [
      { timestamp: Number(startTime) + 1_000, logStreamName: "i-1/boot" },
      { timestamp: Number(startTime) + 70_000, logStreamName: "i-1/agent" },
    ],
  }),
};

/** The checks of a smoke test of one POP whose server and whose report are on this machine; and what is sent to the API. */
async function smoke({ steps = [RUNNING, ENDED], instances = [0, 1, 0], ...world }: World) {
  const { status = 200, text = "pop,url,error\n" } = world.report ?? {};
  const server = new URL(
    await serve(({ url }, response) => {
      if (url === "/report") response.writeHead(status).end(text);
      else response.writeHead(206, { "x-amz-cf-pop": "SIN2-P1", "x-cache": world.xCache ?? HIT }).end("x");
    }),
  );
  const aws = clientsAnswering({ ...AWS, ...world.aws });
  const answer = <T>(value: T) => ({ value, json: value });
  const sent: unknown[] = [];
  let stop: (() => Promise<unknown>) | undefined;
  let [asked, looked] = [0, 0];
  const checks = smokeChecks({
    url: new URL("http://a.example.com/x"),
    pops: ["SIN2-P1"],
    api: async () => ({
      start: async (body) => {
        if (world.refusal !== undefined) throw world.refusal;
        sent.push(body);
        return answer({ request_id: "r", warnings: [], skipped_urls: [] });
      },
      progress: async () => {
        if (asked === world.interruptedAt) await stop?.();
        const step = steps[Math.min(asked++, steps.length - 1)];
        return answer(progress({ failed_count: 0, total_count: 2, ...step }));
      },
      stop: async (id) => {
        sent.push(`stop ${id}`);
        return answer({ message: "" });
      },
      summary: async () => answer({ ...SUMMARY, failure_pop_urls_report: `${server.origin}/report` }),
    }),
    stack: new StackReader(aws, "S"),
    fleet: () => ({
      state: async () => {
        const count = instances[Math.min(looked++, instances.length - 1)] ?? 0;
        return { wanted: 0, instances: count, inService: count };
      },
    }),
    traces: new TraceReader(aws),
    edge: { httpsPort: 443, httpPort: Number(server.port), allowPrivateAddresses: true },
    lookup: async () => ({ from: "here", pops: [{ pop: "SIN2-P1", addresses: ["127.0.0.1"] }] }),
    label: async () => "d111111abcdef8",
    polling: { intervalMs: 60_000, timeoutMs: 120_000 },
    onInterrupt: (given) => {
      stop = given;
      return () => {
        stop = undefined;
      };
    },
  });
  return { checks, sent, isGuarded: () => stop !== undefined };
}

test("all is well where all goes well, and one request is sent", async () => {
  const { checks, sent } = await smoke({});
  const findings = await runChecks(checks, { isAws: true, onFinding: () => undefined });
  expect(findings.map(({ status, name, says }) => `${status} ${name}: ${says}`)).toEqual([
    "ok time to InService: an instance was InService after 60 s",
    "ok results: first result after 60 s, FINISHED after 60 s, 2 of 2 tasks succeeded",
    "ok proof: addresses with a hit: SIN2-P1 1 of 1",
    "ok report: the link to the report works",
    "ok group at 0: the Auto Scaling group has no instances",
    "ok schedule deleted: the schedule of the request is deleted",
    "ok agent's first log line: an agent wrote its first log line after 70 s",
    "ok metrics: the metric Tasks has a value (2)",
  ]);
  expect(sent).toMatchObject([{ instance_count: 1, timeout: 15, pops: ["SIN2-P1"], client_token: expect.any(String) }]);
});

test.each<[name: string, what: string, world: World, status: Status, says: RegExp]>([
  [
    "time to InService",
    "late",
    { instances: [...Array<number>(6).fill(0), 1], steps: [...Array(6).fill(RUNNING), ENDED] },
    "warn",
    /after 360 s/,
  ],
  [
    "time to InService",
    "never",
    { instances: [0], steps: [{ status: "TIMEOUT" }] },
    "fail",
    /no instance started.*TIMEOUT/,
  ],
  ["results", "one failed", { steps: [{ ...ENDED, failed_count: 1 }] }, "fail", /1 of 2 tasks succeeded/],
  ["results", "late", { steps: [{ ...ENDED, status: "TIMEOUT" }] }, "fail", /TIMEOUT/],
  ["results", "none", { steps: [{ ...RUNNING, status: "FAILED" }] }, "fail", /no result arrived/],
  ["results", "none within twenty minutes", { steps: [RUNNING] }, "fail", /no result arrived.*IN_PROGRESS/],
  ["results", "of one POP", { steps: [{ ...ENDED, total_count: 1 }] }, "warn", /expected 2/],
  ["results", "refused", { refusal: new RefusedError(400, "no such POP") }, "fail", /rejects .* no such POP/],
  ["results", "without an answer", { refusal: new Error("down") }, "cannot-tell", /down/],
  ["proof", "a miss", { xCache: "Miss from cloudfront" }, "fail", /SIN2-P1 0 of 1/],
  ["report", "forbidden", { report: { status: 403, text: "<Error>" } }, "fail", /HTTP 403/],
  ["report", "something else", { report: { status: 200, text: "<html>" } }, "fail", /HTTP 200/],
  ["group at 0", "one is left after two minutes", { instances: [1] }, "fail", /and 1 instances/],
  ["schedule deleted", "still there", { aws: { GetSchedule: {} } }, "fail", /still exists/],
  ["agent's first log line", "missing", { aws: { FilterLogEvents: { events: [] } } }, "fail", /no agent has written/],
  ["metrics", "none", { aws: { GetMetricStatistics: { Datapoints: [] } } }, "fail", /no value/],
])("%s: %s", async (name, _, world, status, says) => {
  await expectJudgement((await smoke(world)).checks, name, status, says);
});

test("Ctrl-C stops the request, and only until its end", async () => {
  const { checks, sent, isGuarded } = await smoke({ interruptedAt: 1 });
  await judgementOf(checks, "results");
  expect(sent.slice(1)).toEqual(["stop r"]);
  expect(isGuarded()).toBe(false);
});

test.each([
  ["is stopped", async () => undefined, /is stopped/],
  ["cannot be stopped", async () => Promise.reject(new Error("HTTP 500")), /could not be stopped.*HTTP 500/],
])("after Ctrl-C, a request that %s is told, and the process ends", async (_, stop, says) => {
  const said: string[] = [];
  const codes: number[] = [];
  const host = Object.assign(new EventEmitter(), {
    stderr: { write: (text: string) => said.push(text) },
    exit: (code: number) => codes.push(code),
  });
  stopOnInterrupt(stop, host)();
  host.emit("SIGINT");
  stopOnInterrupt(stop, host);
  host.emit("SIGINT");
  // A second one is the shell's.
  expect(host.listenerCount("SIGINT") + host.listenerCount("SIGTERM")).toBe(0);
  await new Promise((resolve) => setImmediate(resolve));
  expect([codes, said.join("")]).toEqual([[130], expect.stringMatching(says)]);
});

const proof = (pop: string, xCache: string, answeredBy = pop) => ({ pop, xCache, answeredBy });

test.each([
  ["ok", [proof("A", HIT), proof("A", "Miss from cloudfront"), proof("B", HIT)], /A 1 of 2, B 1 of 1/],
  ["fail", [proof("A", HIT)], /B 0 of 0/],
  ["fail", [proof("A", HIT), proof("B", HIT, "C")], /B 0 of 1/],
  ["cannot-tell", [], /no POP/],
])("%s: a proof at both POPs by %o", (status, proofs, says) => {
  expect(judgeProof(["A", "B"], proofs)).toMatchObject({ status, says: expect.stringMatching(says) });
});
