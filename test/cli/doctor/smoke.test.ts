// The smoke test: a request that is followed to its end, and what is told from what it leaves behind.
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Status } from "../../../cli/doctor/check/check.ts";
import { StackReader } from "../../../cli/doctor/deployed/read-stack.ts";
import { costOf, judgeProof, smokeChecks } from "../../../cli/doctor/smoke/checks.ts";
import { follow, stopOnInterrupt, until } from "../../../cli/doctor/smoke/follow.ts";
import { TraceReader } from "../../../cli/doctor/smoke/traces.ts";
import type { Progress, Summary } from "../../../client/answers.ts";
import { RefusedError } from "../../../client/api-client.ts";
import type { Status as RequestStatus } from "../../../domain/request/lifecycle.ts";
import { addressOf } from "../../../tools/local/ports.ts";
import { awsError } from "../../aws/client.ts";
import { SUMMARY } from "../fake-api.ts";
import { progress } from "../progress.ts";
import { type Answers, fakeAws, judgementOf } from "./fake-aws.ts";

describe("a request is followed", () => {
  type Step = readonly [status: RequestStatus, done: number];

  /** @param interruptedAt milliseconds */
  async function run(steps: Step[], fleets: number[], interruptedAt = Infinity, refusal?: Error) {
    let now = 0;
    let stop: (() => Promise<unknown>) | undefined;
    const sent: unknown[] = [];
    const answer = <T>(value: T) => ({ value, json: value });
    const api = {
      start: async (body: object) => {
        if (refusal !== undefined) throw refusal;
        sent.push(body);
        return answer({ request_id: "r", warnings: [] });
      },
      progress: async () => {
        const [status, download_count] = steps.shift() ?? expect.fail("asked too often");
        return answer(progress({ status, download_count, failed_count: 0, total_count: 2 }));
      },
      stop: async (id: string) => {
        sent.push(`stop ${id}`);
        return answer({ message: "" });
      },
    };
    const state = async () => ({ wanted: 1, instances: 1, inService: fleets.shift() ?? 0 });
    const sleep = async (ms: number) => {
      now += ms;
      if (now >= interruptedAt) await stop?.();
    };
    const onInterrupt = (given: () => Promise<unknown>) => {
      stop = given;
      return () => {
        stop = undefined;
      };
    };
    const deps = { api, fleet: { state }, intervalMs: 5_000, now: () => now, sleep, onInterrupt };
    const seen = await follow(deps, new URL("https://a.example.com/x"), ["SIN2-P1", "FRA56-P4"]);
    return { followed: seen, sent, isGuarded: stop !== undefined };
  }

  test("to its end, with the first time of each thing", async () => {
    const steps: Step[] = [
      ["CREATED", 0],
      ["IN_PROGRESS", 0],
      ["IN_PROGRESS", 1],
      ["FINISHED", 2],
    ];
    const { followed: seen, sent } = await run(steps, [0, 1, 1, 0]);
    expect(seen).toMatchObject({ reqId: "r", inService: 5, firstResult: 10, end: 15, status: "FINISHED", total: 2 });
    expect(sent).toMatchObject([{ instance_count: 1, timeout: 15, pops: ["SIN2-P1", "FRA56-P4"] }]);
  });

  test("and stopped if whoever follows is interrupted, and only until its end", async () => {
    const steps: Step[] = [
      ["CREATED", 0],
      ["STOPPED", 0],
    ];
    const { sent, isGuarded } = await run(steps, [], 5_000);
    expect(sent.slice(1)).toEqual(["stop r"]);
    expect(isGuarded).toBe(false);
  });

  test("until the time is up", async () => {
    const { followed: seen } = await run(Array<Step>(300).fill(["CREATED", 0]), []);
    expect(seen).toMatchObject({ status: "CREATED", end: undefined });
    expect(seen.inService).toBeUndefined();
  });

  test("unless the API refuses it", async () => {
    await expect(run([], [], Infinity, new RefusedError(400, "no such POP"))).rejects.toThrow("no such POP");
  });
});

describe("Ctrl-C", () => {
  async function interrupt(stop: () => Promise<unknown>, after?: (off: () => void) => void) {
    const said: string[] = [];
    const codes: number[] = [];
    const host = Object.assign(new EventEmitter(), {
      stderr: { write: (text: string) => said.push(text) },
      exit: (code: number) => codes.push(code),
    });
    after?.(stopOnInterrupt(stop, host));
    if (after === undefined) stopOnInterrupt(stop, host);
    host.emit("SIGINT");
    // A second one is the shell's.
    const left = host.listenerCount("SIGINT") + host.listenerCount("SIGTERM");
    await new Promise((resolve) => setImmediate(resolve));
    return { says: said.join(""), codes, left };
  }

  test("stops the request, says so, and ends with the code of an interrupt", async () => {
    const { says, codes, left } = await interrupt(async () => undefined);
    expect(says).toContain("It is stopped");
    expect([codes, left]).toEqual([[130], 0]);
  });

  test("says why the request goes on, if it cannot be stopped", async () => {
    const { says, codes } = await interrupt(async () => Promise.reject(new Error("HTTP 500")));
    expect(says).toMatch(/could not be stopped.*HTTP 500/);
    expect(codes).toEqual([130]);
  });

  test("after the request's end is nothing to this", async () => {
    const { says, codes } = await interrupt(
      async () => undefined,
      (off) => off(),
    );
    expect([says, codes]).toEqual(["", []]);
  });
});

test("waiting ends with a good answer, or when the time is up", async () => {
  let n = 0;
  const count = async () => ++n;
  expect(await until(count, (it) => it === 3, { intervalMs: 1, timeoutMs: 5_000 })).toBe(3);
  expect(await until(count, () => false, { intervalMs: 1, timeoutMs: 0 })).toBe(4);
});

/** How a smoke test goes; what a test does not name goes well. */
interface World {
  readonly progress?: Partial<Progress>;
  readonly seconds?: number;
  readonly fleet?: { readonly wanted: number; readonly instances: number; readonly inService: number };
  readonly refusal?: Error;
  readonly report?: { readonly status: number; readonly text: string };
  readonly xCache?: string;
  readonly aws?: Answers;
}

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

/** The check of this name, in a smoke test of one POP whose server and whose report are on this machine. */
async function smoke(name: string, world: World) {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const { status = 200, text = "pop,url,error\n" } = world.report ?? {};
  const server = createServer(({ url }, response) => {
    if (url === "/report") response.writeHead(status).end(text);
    else
      response.writeHead(206, { "x-amz-cf-pop": "SIN2-P1", "x-cache": world.xCache ?? "Hit from cloudfront" }).end("x");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port: httpPort } = addressOf(server);
  const aws = fakeAws({ ...AWS, ...world.aws });
  const answer = <T>(value: T) => ({ value, json: value });
  const summary: Pick<Summary, "failure_pop_urls_report"> = {
    failure_pop_urls_report: `http://127.0.0.1:${httpPort}/report`,
  };
  const checks = smokeChecks({
    url: new URL("http://a.example.com/x"),
    pops: ["SIN2-P1"],
    api: async () => ({
      start: async () => {
        if (world.refusal !== undefined) throw world.refusal;
        return answer({ request_id: "r", warnings: [] });
      },
      progress: async () => {
        vi.setSystemTime(Date.now() + 1_000 * (world.seconds ?? 60));
        const counts = { download_count: 2, failed_count: 0, total_count: 2 };
        return answer(progress({ status: "FINISHED", ...counts, ...world.progress }));
      },
      stop: async () => answer({ message: "" }),
      summary: async () => answer({ ...SUMMARY, ...summary }),
    }),
    stack: new StackReader(aws, "S"),
    fleet: () => ({ state: async () => world.fleet ?? { wanted: 0, instances: 0, inService: 1 } }),
    traces: new TraceReader(aws),
    edge: { httpsPort: 443, httpPort, allowPrivateAddresses: true },
    lookup: async () => ({ from: "here", pops: [{ pop: "SIN2-P1", addresses: ["127.0.0.1"] }] }),
    label: async () => "d111111abcdef8",
    polling: { intervalMs: 1, timeoutMs: 0 },
    onInterrupt: () => () => undefined,
  });
  return judgementOf(checks, name);
}

const NO_INSTANCE = { wanted: 0, instances: 0, inService: 0 };

test.each<[name: string, what: string, world: World, status: Status, says: RegExp]>([
  ["time to InService", "after a minute", {}, "ok", /after 60 s/],
  ["time to InService", "late", { seconds: 301 }, "warn", /after 301 s/],
  [
    "time to InService",
    "never",
    { fleet: NO_INSTANCE, progress: { status: "TIMEOUT" } },
    "fail",
    /no instance came.*TIMEOUT/,
  ],
  ["results", "good", {}, "ok", /after 60 s, FINISHED after 60 s, 2 of 2 good/],
  ["results", "one failed", { progress: { failed_count: 1 } }, "fail", /1 of 2 good/],
  ["results", "late", { progress: { status: "TIMEOUT" } }, "fail", /TIMEOUT/],
  ["results", "none", { progress: { download_count: 0, status: "FAILED" } }, "fail", /no result came/],
  ["results", "of one POP", { progress: { total_count: 1 } }, "warn", /two were wanted/],
  ["results", "refused", { refusal: new RefusedError(400, "no such POP") }, "fail", /refuses .* no such POP/],
  ["results", "without an answer", { refusal: new Error("down") }, "cannot-tell", /down/],
  ["proof", "a hit", {}, "ok", /SIN2-P1 1 of 1/],
  ["proof", "a miss", { xCache: "Miss from cloudfront" }, "fail", /SIN2-P1 0 of 1/],
  ["report", "as it should be", {}, "ok", /can be read/],
  ["report", "forbidden", { report: { status: 403, text: "<Error>" } }, "fail", /HTTP 403/],
  ["report", "something else", { report: { status: 200, text: "<html>" } }, "fail", /HTTP 200/],
  ["group at 0", "empty", {}, "ok", /back at 0/],
  ["group at 0", "one is left", { fleet: { wanted: 0, instances: 1, inService: 1 } }, "fail", /has 1/],
  ["schedule gone", "gone", {}, "ok", /gone/],
  ["schedule gone", "still there", { aws: { GetSchedule: {} } }, "fail", /still there/],
  ["agent's first line", "written", {}, "ok", /after 70 s/],
  ["agent's first line", "missing", { aws: { FilterLogEvents: { events: [] } } }, "fail", /no agent's line/],
  ["metrics", "counted", {}, "ok", /\(2\)/],
  ["metrics", "none", { aws: { GetMetricStatistics: { Datapoints: [] } } }, "fail", /no value/],
])("%s: %s", async (name, _, world, status, says) => {
  const judgement = await smoke(name, world);
  expect(judgement).toMatchObject({ status, says: expect.stringMatching(says) });
  expect(judgement?.next === undefined).toBe(status === "ok");
});

const HIT = "Hit from cloudfront";
const proof = (pop: string, xCache: string, answeredBy = pop) => ({ pop, xCache, answeredBy });

test.each([
  ["ok", [proof("A", HIT), proof("A", "Miss from cloudfront"), proof("B", HIT)], /A 1 of 2, B 1 of 1/],
  ["fail", [proof("A", HIT)], /B 0 of 0/],
  ["fail", [proof("A", HIT), proof("B", HIT, "C")], /B 0 of 1/],
  ["cannot-tell", [], /no POP/],
])("%s: a proof at both POPs by %o", (status, proofs, says) => {
  expect(judgeProof(["A", "B"], proofs)).toMatchObject({ status, says: expect.stringMatching(says) });
});

test("what it costs names the object without its query", () => {
  const url = new URL("https://a.example.com/x?token=secret");
  expect(costOf({ url, pops: ["SIN2-P1", "FRA56-P4"] })).toMatch(/a\.example\.com\/x at SIN2-P1 and FRA56-P4/);
});
