import { ACCEPTED } from "../../../domain/result/failure.ts";
import { cannotTell, type Judgement, ok } from "../judgement.ts";
import type { Way } from "./ask.ts";
import { isFresh, type Share } from "./share.ts";
import { isHit } from "./tier.ts";

const WAYS: readonly Way[] = ["HEAD", "GET", "RANGE"];

/** What the table comes to. It is evidence, neither good nor bad, so it is ok as soon as it tells anything. */
export function judgeShares(shares: readonly Share[]): Judgement {
  const firsts = shares.filter(({ step }) => step === "fill" || step === "first");
  if (firsts.length === 0) return cannotTell("no POP could be looked into", "see the checks before this one");
  const good = firsts.filter(({ status = 0 }) => status >= 200 && status < 300 && status !== ACCEPTED);
  if (good.length === 0) {
    const seen = firsts[0]?.error ?? `HTTP ${firsts[0]?.status}`;
    return cannotTell(`the URL with a query of its own is refused (${seen})`, "name a --url that takes any query");
  }
  if (!isFresh(shares))
    return cannotTell(
      "the query is not in the cache key, so that nothing here was cold",
      "name a --url whose query is in the cache key, or one that nobody asked for yet and that has just been invalidated",
    );
  const others = shares.filter(({ series, step }) => step === "other" && series.startsWith("filled"));
  if (others.length === 0)
    return cannotTell("each of these POPs has one address only", "name --pops with several addresses");
  const hits = WAYS.map((way) => {
    const asked = others.filter((share) => share.way === way && share.error === undefined);
    return `${way} ${asked.filter(({ xCache }) => isHit(xCache)).length} of ${asked.length}`;
  });
  return ok(`after one address was filled, hits at the others: ${hits.join(", ")}`);
}
