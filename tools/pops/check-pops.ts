import pMap from "p-map";
import { byCode, type PopCode } from "../../domain/pops/pop-codes.ts";
import type { Look } from "./look.ts";
import { firstCodesOf, neighboursOf } from "./neighbours.ts";

/** Names that wait for an answer at the same time. */
const AT_ONCE = 64;
/** A code that cannot be. */
const NO_POP = "ZZZ99-P99";

/** The answers of this DNS say nothing of POPs. */
export class UselessDnsError extends Error {
  override readonly name = "UselessDnsError";
}

export interface Checked {
  readonly asked: number;
  readonly dead: readonly PopCode[];
  /** Codes that resolve and are not known, by code. */
  readonly found: readonly string[];
  readonly unclear: readonly { readonly pop: string; readonly why: string }[];
}

/**
 * Looks up every known code and its neighbours in number, the neighbours of what is found so, and the likeliest codes of
 * sites without one.
 * @param onRound told how many names are asked for next
 * @throws UselessDnsError when every name resolves, or none
 */
export async function checkPops(
  known: readonly PopCode[],
  sitesWithout: readonly string[],
  look: Look,
  onRound: (names: number) => void = () => undefined,
): Promise<Checked> {
  await tryDns(look);
  const unclear = new Map<string, string>();
  const asked = new Set<string>();
  /** Those that resolve. */
  const round = async (pops: readonly string[]) => {
    const names = [...new Set(pops)].filter((pop) => !asked.has(pop));
    for (const pop of names) asked.add(pop);
    onRound(names.length);
    const verdicts = await pMap(names, async (pop) => ({ pop, verdict: await look(pop) }), { concurrency: AT_ONCE });
    for (const { pop, verdict } of verdicts) if (typeof verdict === "object") unclear.set(pop, verdict.unclear);
    return verdicts.filter(({ verdict }) => verdict === "alive").map(({ pop }) => pop);
  };
  const codes = known.map(({ pop }) => pop);
  const alive = new Set(await round(codes));
  if (alive.size === 0) throw new UselessDnsError("No known code resolves: is the label that of a distribution?");
  const found: string[] = [];
  let next = [...codes.flatMap(neighboursOf), ...sitesWithout.flatMap(firstCodesOf)];
  while (next.some((pop) => !asked.has(pop))) {
    const fresh = await round(next);
    found.push(...fresh);
    next = fresh.flatMap(neighboursOf);
  }
  return {
    asked: asked.size,
    dead: known.filter(({ pop }) => !alive.has(pop) && !unclear.has(pop)),
    found: found.sort(byCode),
    unclear: [...unclear].map(([pop, why]) => ({ pop, why })),
  };
}

async function tryDns(look: Look): Promise<void> {
  const verdict = await look(NO_POP);
  if (verdict === "alive") throw new UselessDnsError(`The DNS has an address for ${NO_POP}, which is no POP`);
  if (verdict !== "dead") throw new UselessDnsError(`The DNS does not answer: ${verdict.unclear}`);
}
