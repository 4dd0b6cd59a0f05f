import { isHit } from "../edge/tier.ts";
import { cannotTell, fail, type Judgement, ok, warn } from "../judgement.ts";
import type { Followed } from "./follow.ts";

/** Boot and packages take a minute or two; an instance that needs longer makes every request late. */
const SLOW_SECONDS = 300;

export function judgeInService({ inService, status }: Pick<Followed, "inService" | "status">): Judgement {
  const next = "read the group's scaling activities";
  if (inService === undefined) return fail(`no instance came; the request is ${status}`, next);
  const says = `an instance was InService after ${inService} s`;
  return inService > SLOW_SECONDS ? warn(says, next) : ok(says);
}

/** @param seconds from the start to an agent's first line in the log group; undefined: there is none */
export function judgeFirstLine(seconds: number | undefined): Judgement {
  if (seconds !== undefined) return ok(`an agent wrote its first line after ${seconds} s`);
  return fail("no agent's line has come into the log group", "read the stream i-…/boot, or the instance itself");
}

export function judgeResults({ firstResult, end, status, total, failed }: Followed): Judgement {
  const next = "read GET /summary and the report of that request";
  if (firstResult === undefined) return fail(`no result came; the request is ${status}`, next);
  const says = `first result after ${firstResult} s, ${status} after ${end ?? "?"} s, ${total - failed} of ${total} good`;
  if (status !== "FINISHED" || failed > 0) return fail(says, next);
  // One URL at two POPs.
  return total === 2 ? ok(says) : warn(`${says}; two were wanted`, "a POP did not resolve: see --edge");
}

/** What each address of the POPs answered to a GET of one byte, after the request had ended. */
export interface Proof {
  readonly pop: string;
  readonly answeredBy: string | undefined;
  readonly xCache: string | undefined;
}

export function judgeProof(proofs: readonly Proof[]): Judgement {
  if (proofs.length === 0) return cannotTell("no POP has an address to ask", "see --edge");
  const pops = [...new Set(proofs.map(({ pop }) => pop))];
  const hits = (pop: string) =>
    proofs.filter((it) => it.pop === pop && it.answeredBy === pop && isHit(it.xCache)).length;
  const counted = pops.map((pop) => `${pop} ${hits(pop)} of ${proofs.filter((it) => it.pop === pop).length}`);
  const says = `addresses with a hit: ${counted.join(", ")}`;
  const cold = pops.filter((pop) => hits(pop) === 0);
  if (cold.length === 0) return ok(says);
  return fail(says, `${cold.join(", ")} is not warm: is the URL cacheable? See --edge for how the servers share`);
}

export function judgeReport({ status, head }: { readonly status: number; readonly head: string }): Judgement {
  if (status === 200 && head.startsWith("pop,url,")) return ok("the report can be read by its link");
  return fail(`the report's link answers HTTP ${status}`, "look at the bucket's policy and the Api's role");
}

/** @param tasks the sum of the metric Tasks since the start */
export function judgeMetrics(tasks: number): Judgement {
  if (tasks > 0) return ok(`the metric Tasks is there (${tasks})`);
  return fail("the metric Tasks has no value since the start", "read the log of Aggregation for lines with _aws");
}

export function judgeGroup({ wanted, instances }: { readonly wanted: number; readonly instances: number }): Judgement {
  if (wanted === 0 && instances === 0) return ok("the group is back at 0");
  const says = `the group wants ${wanted} and has ${instances} instances`;
  return fail(says, "unless another request runs, set it to 0: POST /instances");
}

export function judgeSchedule(isThere: boolean): Judgement {
  if (!isThere) return ok("the request's schedule is gone");
  return fail("the request's schedule is still there", "read Shutdown's log; the schedule ends with its own time");
}
