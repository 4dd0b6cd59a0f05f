import type { Fleet } from "../../../aws/fleet.ts";
import { type ApiClient, RefusedError } from "../../../client/api-client.ts";
import { metricNamespace } from "../../../domain/metrics.ts";
import { isHit } from "../../../domain/result/outcome.ts";
import { clientErrorOf } from "../../api/refusal.ts";
import { required } from "../check/aws-errors.ts";
import { type Check, cannotTell, checker, fail, type Judgement, ok, once, warn } from "../check/check.ts";
import type { DoctorOptions } from "../check/options.ts";
import type { EdgePlace } from "../check/place.ts";
import type { StackReader } from "../deployed/read-stack.ts";
import { ask } from "../edge/ask.ts";
import type { Lookup } from "../edge/lookup.ts";
import { type FollowDeps, type Followed, follow, type Polling, until } from "./follow.ts";
import type { TraceReader } from "./traces.ts";

export interface SmokeDeps {
  readonly url: URL;
  readonly pops: readonly string[];
  readonly api: () => Promise<Pick<ApiClient, "start" | "progress" | "stop" | "summary">>;
  readonly stack: StackReader;
  readonly fleet: (groupName: string) => Pick<Fleet, "state">;
  readonly traces: TraceReader;
  readonly edge: EdgePlace;
  readonly lookup: Lookup;
  readonly label: () => Promise<string>;
  readonly polling: Polling;
  readonly onInterrupt: FollowDeps["onInterrupt"];
}

const check = checker({ phase: "smoke" });
/** What an emulator does not have: instances that boot, the log and metric services at work, CloudFront. */
const awsOnly = checker({ phase: "smoke", awsOnly: true });

/** One URL, two POPs, one instance, from the first call to the last trace. The first check starts it. */
export function smokeChecks(deps: SmokeDeps): Check[] {
  const { polling, traces, stack, onInterrupt } = deps;
  const groupName = once(() => one(stack, "AWS::AutoScaling::AutoScalingGroup"));
  const fleet = once(async () => deps.fleet(await groupName()));
  const followed = once(async () =>
    follow(
      { api: await deps.api(), fleet: await fleet(), intervalMs: polling.intervalMs, onInterrupt },
      deps.url,
      deps.pops,
    ),
  );
  const polled = <T>(ask: () => Promise<T>, isGood: (answer: T) => boolean) => until(ask, isGood, polling);

  const firstLine = async () => {
    const { startedAt } = await followed();
    const group = await one(stack, "AWS::Logs::LogGroup", "PrewarmFleetLogsGroup");
    const at = await polled(
      () => traces.firstLine(group, startedAt),
      (line) => line !== undefined,
    );
    if (at !== undefined)
      return ok(`an agent wrote its first log line after ${Math.round((at - startedAt.getTime()) / 1_000)} s`);
    return fail("no agent has written to the log group", "read the log stream i-…/boot, or inspect the instance");
  };
  const metrics = async () => {
    const { startedAt } = await followed();
    const namespace = metricNamespace(await groupName());
    const tasks = await polled(
      () => traces.sum(namespace, "Tasks", startedAt),
      (sum) => sum > 0,
    );
    if (tasks > 0) return ok(`the metric Tasks has a value (${tasks})`);
    return fail("the metric Tasks has had no value since the start", "read the log of Aggregation for lines with _aws");
  };
  const group = async () => {
    await followed();
    const agents = await fleet();
    const { wanted, instances } = await polled(
      () => agents.state(),
      (it) => it.wanted + it.instances === 0,
    );
    if (wanted + instances === 0) return ok("the Auto Scaling group has no instances");
    const says = `the Auto Scaling group has the desired capacity ${wanted} and ${instances} instances`;
    return fail(says, "if no other request is in progress, set the desired capacity to 0: POST /instances");
  };
  const schedule = async () => {
    const { reqId } = await followed();
    const timers = await one(stack, "AWS::Scheduler::ScheduleGroup");
    const exists = await polled(
      () => traces.hasSchedule(timers, reqId),
      (it) => !it,
    );
    if (!exists) return ok("the schedule of the request is deleted");
    return fail(
      "the schedule of the request still exists",
      "read the log of the function Shutdown; AWS deletes the schedule after it has run",
    );
  };
  const no = "docs/operations.md#no-instances";
  return [
    awsOnly("time to InService", no, async () => judgeInService(await followed())),
    check("results", "docs/operations.md#when-something-failed", async () => judgeFollowed(followed)),
    awsOnly("proof", "docs/concepts.md#warmth", async () => {
      await followed();
      return judgeProof(deps.pops, await proofs(deps));
    }),
    check("report", "docs/api.md#the-report", async () => judgeReport(deps, await followed())),
    check("group at 0", "docs/operations.md#orphan-instances", group),
    check("schedule deleted", "docs/operations.md#run-a-step-again", schedule),
    awsOnly("agent's first log line", no, firstLine),
    awsOnly("metrics", "docs/operations.md#dashboard-and-alarms", metrics),
  ];
}

/** A request that the API refuses is a failure, not something that nobody can tell. */
async function judgeFollowed(followed: () => Promise<Followed>): Promise<Judgement> {
  try {
    return judgeResults(await followed());
  } catch (error) {
    if (error instanceof Error && clientErrorOf(error) instanceof RefusedError)
      return fail(`the API rejects the request: ${error.message}`, "correct --url or --pops, then run this again");
    throw error;
  }
}

async function proofs({ url, pops, edge, lookup, label }: SmokeDeps): Promise<Proof[]> {
  const { pops: resolved } = await lookup(await label(), pops);
  const asked = resolved.flatMap(({ pop, addresses }) =>
    addresses.map(async (address): Promise<Proof> => {
      const { pop: answeredBy, xCache } = await ask(url, address, "RANGE", edge);
      return { pop, answeredBy, xCache };
    }),
  );
  return Promise.all(asked);
}

async function judgeReport({ api }: SmokeDeps, { reqId }: Followed): Promise<Judgement> {
  const { value: summary } = await (await api()).summary(reqId);
  const answer = await fetch(summary.failure_pop_urls_report);
  if (answer.status === 200 && (await answer.text()).startsWith("pop,url,")) return ok("the link to the report works");
  return fail(
    `the link to the report returned HTTP ${answer.status}`,
    "check the policy of the bucket and the role of the function Api",
  );
}

async function one(stack: SmokeDeps["stack"], type: string, prefix = ""): Promise<string> {
  return required((await stack.named(type, prefix))[0], `${type} in the stack`).physicalId;
}

/** Boot and packages take a minute or two; an instance that needs longer makes every request late. */
const SLOW_SECONDS = 300;

function judgeInService({ inService, status }: Pick<Followed, "inService" | "status">): Judgement {
  const next = "read the scaling activities of the Auto Scaling group";
  if (inService === undefined) return fail(`no instance started; the request is ${status}`, next);
  const says = `an instance was InService after ${inService} s`;
  return inService > SLOW_SECONDS ? warn(says, next) : ok(says);
}

function judgeResults({ firstResult, end, status, total, failed }: Followed): Judgement {
  const next = "read GET /summary and the report of that request";
  if (firstResult === undefined) return fail(`no result arrived; the request is ${status}`, next);
  const says = `first result after ${firstResult} s, ${status} after ${end ?? "?"} s, ${total - failed} of ${total} tasks succeeded`;
  if (status !== "FINISHED" || failed > 0) return fail(says, next);
  // One URL at two POPs.
  return total === 2 ? ok(says) : warn(`${says}; expected 2`, "a POP did not resolve: see --edge");
}

/** What each address of the POPs answered to a GET of one byte, after the request had ended. */
interface Proof {
  readonly pop: string;
  readonly answeredBy: string | undefined;
  readonly xCache: string | undefined;
}

/** @param pops those that were to be warmed: one without an address was not */
export function judgeProof(pops: readonly string[], proofs: readonly Proof[]): Judgement {
  if (proofs.length === 0) return cannotTell("no POP resolved", "see --edge");
  const hits = (pop: string) => proofs.filter((it) => it.pop === pop && it.answeredBy === pop && isHit(it)).length;
  const counted = pops.map((pop) => `${pop} ${hits(pop)} of ${proofs.filter((it) => it.pop === pop).length}`);
  const says = `addresses with a hit: ${counted.join(", ")}`;
  const cold = pops.filter((pop) => hits(pop) === 0);
  if (cold.length === 0) return ok(says);
  return fail(
    says,
    `${cold.join(", ")} is not warm: check that the URL is cacheable; --edge --save shows when a POP keeps an object`,
  );
}

/** What --smoke does and costs, said before it is done. */
export function costOf({ url, pops }: Pick<DoctorOptions, "url" | "pops">): string {
  return `--smoke starts a request in the stack: ${url?.host}${url?.pathname} at ${pops.join(" and ")}, with one instance.
AWS bills one small Spot instance with 8 GB of disk and a public IPv4 address for at most about 20 minutes, one transfer of the
object out of CloudFront for each POP, a few Lambda calls and table writes, and one hour of each metric that had no value
this hour: cents, unless the object is large. The request ends by itself.`;
}
