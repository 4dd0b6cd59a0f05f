import { wafAnswer } from "../../../domain/result/failure.ts";
import { cannotTell, fail, type Judgement, ok, warn } from "../judgement.ts";
import { isNamed, type Reached } from "./reach.ts";

/** Whether each POP is the one that answers at its addresses. */
export function judgeReached(reached: readonly Reached[]): Judgement {
  if (reached.length === 0) return cannotTell("no POP has an address to ask", "see the check before this one");
  const good = reached.filter(isNamed).length;
  const says = `${good} of ${reached.length} POPs answered under their own name`;
  const answered = reached.flatMap((it) => (it.answered === undefined ? [] : [{ ...it.answered, wanted: it.pop }]));
  if (answered.length === 0)
    return fail(`${says}: no connection to any (${reached[0]?.error})`, "look at the network here");
  if (answered.every(({ pop }) => pop === undefined))
    return cannotTell(`${says}: no answer has x-amz-cf-pop`, "is this URL served by CloudFront?");
  const names = new Set(answered.map(({ pop }) => pop));
  if (names.size === 1 && answered.length > 1)
    return fail(
      `${says}: ${[...names].join()} answers for all`,
      "use a resolver that passes CloudFront's own answers on",
    );
  const blocked = answered.flatMap(({ wafAction, ...it }) => (wafAction === undefined ? [] : [{ ...it, wafAction }]));
  const [first] = blocked;
  if (first !== undefined && blocked.length === answered.length)
    return fail(
      `${says}: AWS WAF answered with ${wafAnswer(first.status, first.wafAction).text}`,
      "allow this machine's address in a rule of the web ACL; for the agents, see docs/troubleshooting.md#aws-waf-answers-instead-of-the-object",
    );
  const refused = answered.filter(({ status }) => status >= 400);
  if (refused.length === answered.length)
    return fail(`${says}: HTTP ${refused[0]?.status} everywhere`, "name a --url that anybody may get");
  if (good === reached.length) return ok(says);
  const others = answered.filter(({ pop, wanted }) => pop !== wanted).map(({ pop, wanted }) => `${pop} for ${wanted}`);
  const at = blocked.slice(0, 5).map(({ wanted }) => `AWS WAF answered at ${wanted}`);
  return warn([says, ...others.slice(0, 5), ...at].join("; "), "warm only those that answered under their own name");
}
