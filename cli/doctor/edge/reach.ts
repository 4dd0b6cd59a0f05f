import pMap from "p-map";
import { wafAnswer } from "../../../domain/result/failure.ts";
import { cannotTell, fail, type Judgement, ok, warn } from "../check/check.ts";
import type { EdgePlace } from "../check/place.ts";
import { type Answered, ask } from "./ask.ts";
import type { ProbedPop } from "./lookup.ts";

const SHOWN = 8;

export function judgeResolved(from: string, resolved: readonly ProbedPop[]): Judgement {
  const dead = resolved.filter(({ addresses }) => addresses.length === 0).map(({ pop }) => pop);
  const says = `${resolved.length - dead.length} of ${resolved.length} POPs resolve (${from})`;
  if (dead.length === 0) return ok(says);
  const which = dead.length > SHOWN ? `${dead.slice(0, SHOWN).join(", ")}, …` : dead.join(", ");
  if (dead.length === resolved.length)
    return fail(
      `${says}: CloudFront may no longer resolve POP names in this form, or the distribution's label is wrong`,
      "record the responses with --save, and report the file in an issue",
    );
  return warn(`${says}; not ${which}`, "no action is needed: Prewarm skips them");
}

/** What came of one GET through a POP's first address. */
export interface Reached {
  readonly pop: string;
  readonly answered?: Answered;
  readonly error?: string;
}

const IN_PARALLEL = 16;

/** Requests one byte through each POP that resolved: the response names the POP, and fills no cache with the whole object. */
export function reachPops(url: URL, resolved: readonly ProbedPop[], place: EdgePlace): Promise<Reached[]> {
  const reach = async ({ pop, addresses: [address = ""] }: ProbedPop): Promise<Reached> => {
    try {
      return { pop, answered: await ask(url, address, "RANGE", place) };
    } catch (error) {
      return { pop, error: error instanceof Error ? error.message : String(error) };
    }
  };
  const reachable = resolved.filter(({ addresses }) => addresses.length > 0);
  return pMap(reachable, reach, { concurrency: IN_PARALLEL });
}

/** Whether the POP itself answered, and answered well. */
function isNamed({ pop, answered }: Reached): boolean {
  return answered !== undefined && answered.pop === pop && answered.status < 400 && answered.wafAction === undefined;
}

/** Whether each POP is the one that answers at its addresses. */
export function judgeReached(reached: readonly Reached[]): Judgement {
  if (reached.length === 0) return cannotTell("no POP resolved", "fix the previous check first");
  const good = reached.filter(isNamed).length;
  const says = `${good} of ${reached.length} POPs responded under their own name`;
  const answered = reached.flatMap((it) => (it.answered === undefined ? [] : [{ ...it.answered, wanted: it.pop }]));
  if (answered.length === 0)
    return fail(`${says}: no POP accepted a connection (${reached[0]?.error})`, "check the network of this machine");
  if (answered.every(({ pop }) => pop === undefined))
    return cannotTell(`${says}: no response has x-amz-cf-pop`, "check that CloudFront serves this URL");
  const names = new Set(answered.map(({ pop }) => pop));
  if (names.size === 1 && answered.length > 1)
    return fail(
      `${says}: ${[...names].join()} responded for all of them`,
      "use a DNS resolver that returns CloudFront's own answers",
    );
  const blocked = answered.flatMap(({ wafAction, ...it }) => (wafAction === undefined ? [] : [{ ...it, wafAction }]));
  const [first] = blocked;
  if (first !== undefined && blocked.length === answered.length)
    return fail(
      `${says}: AWS WAF responded with ${wafAnswer(first.status, first.wafAction).text}`,
      "allow this machine's address in a rule of the web ACL; for the agents, see docs/operations.md#aws-waf-answers-instead-of-the-object",
    );
  const refused = answered.filter(({ status }) => status >= 400);
  if (refused.length === answered.length)
    return fail(`${says}: HTTP ${refused[0]?.status} at every POP`, "use a --url that is publicly accessible");
  if (good === reached.length) return ok(says);
  const others = answered.filter(({ pop, wanted }) => pop !== wanted).map(({ pop, wanted }) => `${pop} for ${wanted}`);
  const at = blocked.slice(0, 5).map(({ wanted }) => `AWS WAF responded at ${wanted}`);
  return warn(
    [says, ...others.slice(0, 5), ...at].join("; "),
    "warm only the POPs that responded under their own name",
  );
}
