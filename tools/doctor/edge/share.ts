import { siteOf } from "../../../domain/pops/sites.ts";
import { ask, type EdgePlace } from "./ask.ts";
import type { ProbedPop } from "./lookup.ts";
import { type Question, questionsFor } from "./questions.ts";
import { isHit, tierOf } from "./tier.ts";

/** A question with what came of it. */
export interface Share extends Question {
  readonly pop: string;
  readonly addresses: number;
  readonly status?: number;
  readonly xCache?: string | undefined;
  readonly tier?: string | undefined;
  readonly age?: number | undefined;
  readonly firstByteMs?: number;
  readonly bytes?: number;
  readonly error?: string;
}

const POPS = 3;

/** The POPs to look into: those with the most addresses, of as many regional caches as there are. */
export function popsToLookInto(named: readonly ProbedPop[]): ProbedPop[] {
  const byAddresses = [...named].sort((a, b) => b.addresses.length - a.addresses.length);
  const recs = new Set<string>();
  const apart = byAddresses.filter(({ pop }) => {
    const rec = siteOf(pop)?.rec ?? pop;
    return recs.size < recs.add(rec).size;
  });
  return [...new Set([...apart, ...byAddresses])].slice(0, POPS);
}

/**
 * Asks one POP all questions, one after the other so that each finds what the one before it left. The object of each series
 * is the URL with a query that nobody used before.
 */
export async function lookInto(
  url: URL,
  { pop, addresses }: ProbedPop,
  place: EdgePlace,
  fresh: () => string,
): Promise<Share[]> {
  const objects = new Map<string, URL>();
  const shares: Share[] = [];
  for (const question of questionsFor(addresses.length)) {
    const object = objects.get(question.series) ?? withQuery(url, fresh());
    objects.set(question.series, object);
    const known = { ...question, pop, addresses: addresses.length };
    try {
      const answer = await ask(object, addresses[question.address] ?? "", question.way, place);
      const { status, xCache, age, firstByteMs, bytes } = answer;
      shares.push({ ...known, status, xCache, tier: tierOf(answer.serverTiming), age, firstByteMs, bytes });
    } catch (error) {
      shares.push({ ...known, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return shares;
}

function withQuery(url: URL, value: string): URL {
  const object = new URL(url);
  object.searchParams.append("prewarm-doctor", value);
  return object;
}

/** Whether the fresh query made a fresh object: if it is not in the cache key, the first question is a hit already. */
export function isFresh(shares: readonly Share[]): boolean {
  return !shares.some(({ step, xCache }) => (step === "fill" || step === "first") && isHit(xCache));
}
