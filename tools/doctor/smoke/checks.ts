import { request } from "undici";
import { Fleet } from "../../../aws/fleet.ts";
import { type ApiClient, RefusedError } from "../../../client/api-client.ts";
import { metricNamespace } from "../../../domain/metrics.ts";
import type { Check } from "../check.ts";
import { ask, type EdgePlace } from "../edge/ask.ts";
import type { Lookup } from "../edge/lookup.ts";
import { fail, type Judgement } from "../judgement.ts";
import { once } from "../once.ts";
import type { StackReader } from "../readers/stack.ts";
import { told } from "../told.ts";
import { type FollowDeps, type Followed, follow } from "./follow.ts";
import {
  judgeFirstLine,
  judgeGroup,
  judgeInService,
  judgeMetrics,
  judgeProof,
  judgeReport,
  judgeResults,
  judgeSchedule,
  type Proof,
} from "./judges.ts";
import type { TraceReader } from "./readers.ts";
import { type Patience, until } from "./until.ts";

export interface SmokeDeps {
  readonly url: URL;
  readonly pops: readonly string[];
  readonly api: () => Promise<ApiClient>;
  readonly stack: Pick<StackReader, "named">;
  readonly autoScaling: ConstructorParameters<typeof Fleet>[0];
  readonly traces: Pick<TraceReader, keyof TraceReader>;
  readonly place: EdgePlace;
  readonly lookup: Lookup;
  readonly label: () => Promise<string>;
  readonly patience: Patience;
  readonly onInterrupt: FollowDeps["onInterrupt"];
}

/** One URL, two POPs, one instance, from the first call to the last trace. The first check starts it. */
export function smokeChecks(deps: SmokeDeps): Check[] {
  const { patience, traces, stack } = deps;
  const fleet = once(async () => new Fleet(deps.autoScaling, await one(stack, "AWS::AutoScaling::AutoScalingGroup")));
  const followed = once(async () =>
    follow(
      {
        api: await deps.api(),
        fleet: await fleet(),
        every: patience.every,
        now: Date.now,
        onInterrupt: deps.onInterrupt,
      },
      deps.url,
      deps.pops,
    ),
  );
  const patient = <T>(asked: () => Promise<T>, isGood: (answer: T) => boolean) => until(asked, isGood, patience);

  const firstLine = async () => {
    const { startedAt } = await followed();
    const group = await one(stack, "AWS::Logs::LogGroup", "PrewarmFleetLogsGroup");
    const at = await patient(
      () => traces.firstLine(group, startedAt),
      (line) => line !== undefined,
    );
    return judgeFirstLine(at === undefined ? undefined : Math.round((at - startedAt.getTime()) / 1_000));
  };
  const metrics = async () => {
    const { startedAt } = await followed();
    const namespace = metricNamespace((await fleet()).groupName);
    return judgeMetrics(
      await patient(
        () => traces.sum(namespace, "Tasks", startedAt),
        (sum) => sum > 0,
      ),
    );
  };
  const group = async () => {
    await followed();
    const all = await fleet();
    const empty = ({ wanted, instances }: { wanted: number; instances: number }) => wanted + instances === 0;
    return judgeGroup(await patient(() => all.state(), empty));
  };
  const schedule = async () => {
    const { reqId } = await followed();
    const timers = await one(stack, "AWS::Scheduler::ScheduleGroup");
    return judgeSchedule(
      await patient(
        () => traces.hasSchedule(timers, reqId),
        (isThere) => !isThere,
      ),
    );
  };
  const no = "docs/operations.md#no-instances";
  return [
    ofAws("time to InService", no, async () => judgeInService(await followed())),
    check("results", "docs/troubleshooting.md#when-something-failed", async () => judgeFollowed(followed)),
    ofAws("proof", "docs/api.md#warmth", async () => {
      await followed();
      return judgeProof(deps.pops, await proofs(deps));
    }),
    check("report", "docs/api.md#the-report", async () => judgeReport(await report(deps, await followed()))),
    check("group at 0", "docs/operations.md#orphan-instances", group),
    check("schedule gone", "docs/operations.md#a-request-is-stuck", schedule),
    ofAws("agent's first line", no, firstLine),
    ofAws("metrics", "docs/operations.md#dashboard-and-alarms", metrics),
  ];
}

/** A request that the API refuses is a failure, not something that nobody can tell. */
async function judgeFollowed(followed: () => Promise<Followed>): Promise<Judgement> {
  try {
    return judgeResults(await followed());
  } catch (error) {
    if (error instanceof RefusedError)
      return fail(`the API refuses the request: ${error.message}`, "see what the API says of the request");
    throw error;
  }
}

async function proofs({ url, pops, place, lookup, label }: SmokeDeps): Promise<Proof[]> {
  const { pops: resolved } = await lookup(await label(), pops);
  const asked = resolved.flatMap(({ pop, addresses }) =>
    addresses.map(async (address): Promise<Proof> => {
      const { pop: answeredBy, xCache } = await ask(url, address, "RANGE", place);
      return { pop, answeredBy, xCache };
    }),
  );
  return Promise.all(asked);
}

async function report({ api }: SmokeDeps, { reqId }: Followed): Promise<{ status: number; head: string }> {
  const { value: summary } = await (await api()).summary(reqId);
  const answer = await request(summary.failure_pop_urls_report);
  return { status: answer.statusCode, head: (await answer.body.text()).slice(0, 100) };
}

async function one(stack: SmokeDeps["stack"], type: string, prefix = ""): Promise<string> {
  return told((await stack.named(type, prefix))[0], `${type} in the stack`).physicalId;
}

function check(name: string, docs: string, run: () => Promise<Judgement>): Check {
  return { phase: "smoke", name, docs, run };
}

/** What an emulator does not have: instances that boot, the log and metric services at work, CloudFront. */
function ofAws(name: string, docs: string, run: () => Promise<Judgement>): Check {
  return { ...check(name, docs, run), ofTheAccount: true };
}
