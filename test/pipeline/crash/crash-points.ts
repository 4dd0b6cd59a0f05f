// Finds every call with an effect that a scenario makes, and lets each of them fail, or the process die right after it.
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { AwsCall, Injection } from "../../../tools/memory-aws/memory-aws.ts";
import { isBatch } from "../../../tools/memory-aws/partial-batch.ts";
import type { ApiAnswer, Pipeline } from "../pipeline.ts";
import type { Scenario } from "../scenarios.ts";
import { runScenario } from "../trace.ts";
import { CRASH_SCENARIOS, type CrashScenario } from "./crash-scenarios.ts";

/** A call with an effect, named by who makes it and by how many of its kind came before. */
interface CrashPoint {
  readonly role: string;
  /** Service, operation, resource and what is written. */
  readonly call: string;
  /** Whether it answers with what failed of its entries. */
  readonly isBatch: boolean;
  /** 1: the first of its kind. */
  readonly occurrence: number;
}

/** What a request comes to. */
interface Outcome {
  readonly status: string;
  /** By POP, URL and variant: whether it succeeded, and else why not. */
  readonly tasks: Readonly<Record<string, string>>;
}

/** A process dies after the first call of a kind, and after the second: that shows what is not reset after the first round. */
const DEATHS = 2;
const POST_ATTEMPTS = 5;

const nameOf = ({ service, operation, resource, detail }: AwsCall) =>
  `${service} ${operation} ${resource.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "<id>")} ${detail}`.trimEnd();

/**
 * Registers a test for each crash point of a scenario: what its requests come to must be what they come to undisturbed.
 * @throws Error if a role of the scenario makes no call with an effect, or a role makes one that no scenario tries
 */
export async function testCrashPoints({ roles, calls, isThorough = false, ...scenario }: CrashScenario): Promise<void> {
  const { points, outcomes } = await crashPointsOf(scenario);
  const tried = points.filter(({ role, call }) => roles.includes(role) && (calls?.test(call) ?? true));
  const idle = roles.filter((role) => !tried.some((point) => point.role === role));
  if (idle.length > 0) throw new Error(`${scenario.name}: no call with an effect by ${idle.join(", ")}`);
  const untried = points.filter(({ role }) => !CRASH_SCENARIOS.some((one) => one.roles.includes(role)));
  if (untried.length > 0) throw new Error(`no scenario tries ${untried.map(({ role, call }) => `${role}: ${call}`)}`);
  const first = tried.filter(({ occurrence }) => occurrence === 1);
  const failures = first.map((point) => ({ ...point, how: "fail" as const }));
  const partial = first.filter((point) => point.isBatch).map((point) => ({ ...point, how: "fail one entry" as const }));
  const lost = isThorough ? first.map((point) => ({ ...point, how: "lose answer" as const })) : [];
  const deaths = (isThorough ? tried : first).map((point) => ({ ...point, how: "die" as const }));
  describe(scenario.name, () => {
    test.for([...failures, ...partial, ...lost, ...deaths])(
      "$role, $call, $occurrence, $how: ends as if undisturbed",
      async ({ how, ...point }) => expect(await runWithCrash(scenario, point, how)).toEqual(outcomes),
    );
  });
}

/** Runs a scenario and returns its crash points. */
async function crashPointsOf(scenario: Scenario): Promise<{ points: CrashPoint[]; outcomes: readonly Outcome[] }> {
  const counts = new Map<string, CrashPoint>();
  const outcomes = await run(scenario, undefined, ({ roles }, call) => {
    const point = { role: roles.get(call.caller) ?? "", call: nameOf(call), isBatch: isBatch(call.operation) };
    const key = `${point.role} ${point.call}`;
    counts.set(key, { ...point, occurrence: (counts.get(key)?.occurrence ?? 0) + 1 });
    return undefined;
  });
  const points = [...counts.values()].flatMap(({ occurrence, ...point }) =>
    Array.from({ length: Math.min(DEATHS, occurrence) }, (_, n) => ({ ...point, occurrence: n + 1 })),
  );
  return { points, outcomes };
}

/** Runs a scenario with one injection. @returns its outcomes @throws Error if an invariant does not hold */
async function runWithCrash(scenario: Scenario, point: CrashPoint, injection: Injection): Promise<readonly Outcome[]> {
  let seen = 0;
  let injectedInvocation: string | undefined;
  const outcomes = await run(scenario, injection, ({ roles }, call) => {
    // All attempts of the SDK at the one call fail.
    if (injectedInvocation !== undefined)
      return injection === "fail" && call.invocation === injectedInvocation ? "fail" : undefined;
    if (roles.get(call.caller) !== point.role || nameOf(call) !== point.call) return undefined;
    if (++seen < point.occurrence) return undefined;
    injectedInvocation = call.invocation;
    return injection;
  });
  if (injectedInvocation === undefined) throw new Error("the call was not made");
  return outcomes;
}

/** @param injection what `inject` returns for one call */
function run(
  scenario: Scenario,
  injection: Injection,
  inject: (pipeline: Pipeline, call: AwsCall) => Injection,
): Promise<readonly Outcome[]> {
  return runScenario(scenario, {
    isDisturbed: injection !== undefined,
    prepare: (pipeline) => {
      pipeline.aws.inject = (call) => (call.isEffect ? inject(pipeline, call) : undefined);
    },
    post,
    whenClosed: outcomeOf,
    atEnd: async (pipeline, outcomes) => {
      // A message that a dead process held comes again after its visibility timeout, and a timer fires when its time has come.
      await pipeline
        .until(() => leftBehind(pipeline).length === 0, "nothing is left behind")
        .catch((error: unknown) => {
          throw new Error(`left behind: ${leftBehind(pipeline).join("; ")}`, { cause: error });
        });
      const requests = pipeline.items("StorageRequest").length;
      if (requests !== outcomes.length) throw new Error(`${requests} requests instead of ${outcomes.length}`);
      const parts = [...pipeline.aws.s3.objects.keys()].filter((key) => key.includes("/recount/"));
      if (parts.length > 0) throw new Error(`parts of reports are left: ${parts.join(", ")}`);
      return outcomes;
    },
  });
}

/** Starts a request as a careful caller does: with a token, and again after a fault of Prewarm. */
async function post(pipeline: Pipeline, body: object, round: number): Promise<ApiAnswer> {
  let answer: ApiAnswer | undefined;
  for (let attempt = 0; attempt < POST_ATTEMPTS; attempt++) {
    const call = pipeline.api("POST", "prewarm", { client_token: `round-${round}`, ...body });
    answer = await call.catch(() => undefined);
    if (answer !== undefined && answer.status < 500 && answer.status !== 409) return answer;
    await new Promise((resolve) => setTimeout(resolve, 30_000));
  }
  throw new Error(`POST /prewarm: ${answer?.status} ${JSON.stringify(answer?.json)}`);
}

async function outcomeOf(pipeline: Pipeline, reqId: string): Promise<Outcome> {
  const { json: progress } = await pipeline.api("GET", `prewarm?req_id=${reqId}`);
  const results = pipeline.items("StorageRequestTask").filter((item) => item["req_id"]?.["S"] === reqId);
  const good = results.filter((item) => item["ok"]?.["BOOL"] === true);
  // An unreadable URL and an unavailable POP have rows, too, and no tasks.
  const report = rows(pipeline, reqId, "report.csv").filter(({ pop, url }) => pop !== "" && url !== "");
  const all = rows(pipeline, reqId, "results.csv.gz");
  const resulted = ["FINISHED", "FAILED"].includes(String(progress["status"]))
    ? Number(progress["total_count"])
    : results.length;
  const expectations: [string, unknown, unknown][] = [
    ["results", results.length, resulted],
    ["download_count", progress["download_count"], results.length],
    ["failed_count", progress["failed_count"], results.length - good.length],
    ["warm_count", progress["warm_count"], results.filter((item) => item["outcome"]?.["S"] === "warm").length],
    ["download_size", progress["download_size"], good.reduce((sum, item) => sum + Number(item["bytes"]?.["N"]), 0)],
    ["rows of report.csv", report.length, Number(progress["total_count"]) - good.length],
    ["rows of results.csv.gz", all.length, Number(progress["total_count"])],
    ["tasks in report.csv", new Set(report.map(taskOf)).size, report.length],
    ["tasks in results.csv.gz", new Set(all.map(taskOf)).size, all.length],
  ];
  const wrong = expectations.filter(([, actual, expected]) => actual !== expected);
  if (wrong.length > 0)
    throw new Error(wrong.map(([what, actual, expected]) => `${what}: ${actual} instead of ${expected}`).join("; "));
  const status = String(progress["status"]);
  // How far a request came that was stopped depends on when a process was lost.
  if (status === "STOPPED") return { status, tasks: {} };
  const tasks = all.map((row): [string, string] => [taskOf(row), row["ok"] === "true" ? "ok" : (row["reason"] ?? "")]);
  return { status, tasks: Object.fromEntries(tasks.sort()) };
}

const taskOf = ({ pop, url, variant }: Record<string, string>) => `${pop} ${url} ${variant ?? ""}`;

function rows({ aws, deployment }: Pipeline, reqId: string, file: string): Record<string, string>[] {
  const bytes = aws.s3.objects.get(`${deployment.bucket}/${reqId}/${file}`);
  if (bytes === undefined) throw new Error(`there is no ${file}`);
  return parse(file.endsWith(".gz") ? gunzipSync(bytes) : bytes, { columns: true });
}

/** What must be gone in the end: messages, schedules, instances, active requests. An event that EventBridge did not take stays. */
function leftBehind({ aws, deployment }: Pipeline): string[] {
  const messages = deployment.queues
    .flatMap(({ name }) => aws.sqs.messages(name).map(({ body }) => `${name}: ${body}`))
    .filter((message) => !/FailedBatches.*"summary_url"/.test(message));
  const requests = aws.dynamoDb.items(deployment.name("PrewarmStorageRequest"));
  return [
    ...messages,
    ...[...aws.scheduler.schedules.keys()].map((name) => `schedule ${name}`),
    ...(aws.autoScaling.desired > 0 ? [`${aws.autoScaling.desired} instances`] : []),
    ...requests.flatMap(({ active, req_id }) => (active === undefined ? [] : [`active request ${req_id?.["S"]}`])),
  ];
}
