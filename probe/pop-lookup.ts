// Look-ups of POP names in the DNS: which codes exist now.

import { setTimeout as sleep } from "node:timers/promises";
import pMap from "p-map";
import { errorCode, isNoRecord, type Resolver } from "../domain/net/resolver.ts";
import { popDomain } from "../domain/pops/select.ts";

/** Codes that cannot exist. A resolver that has an address for one of them answers every name. */
const IMPOSSIBLE = ["ZZZ99-P99", "QQQ999-C98", "XXX98-P97"];

/** Questions that wait for an answer at the same time. */
const AT_ONCE = 64;

/** After this number of questions in a row without an answer, the resolver counts as gone. */
const MAX_UNANSWERED = 200;

/** The answers of this resolver do not show which POPs exist. */
export class UselessDnsError extends Error {
  override readonly name = "UselessDnsError";
}

/** What the DNS says of a code: it has addresses, there is no such name, or nothing that can be relied on. */
export type Verdict = "alive" | "dead" | { readonly unclear: string };

export type Look = (pop: string) => Promise<Verdict>;

/** Looks codes up under a label, evenly spread: at most `perSecond`, however many are asked for at once. */
export function lookUnder(label: string, dns: Pick<Resolver, "addresses">, perSecond: number): Look {
  const turn = pace(perSecond);
  return async (pop) => {
    await turn();
    try {
      await dns.addresses(popDomain(label, pop));
      return "alive";
    } catch (error) {
      return isNoRecord(error) ? "dead" : { unclear: errorCode(error) };
    }
  };
}

function pace(perSecond: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(now, next);
    // A timer fires up to a millisecond late: so there are never more in any second.
    next = at + 1_001 / perSecond;
    if (at > now) await sleep(Math.ceil(at - now));
  };
}

/** @throws UselessDnsError if the resolver has an address for a name that cannot exist, or does not answer */
export async function checkResolver(look: Look): Promise<void> {
  for (const pop of IMPOSSIBLE) {
    const verdict = await look(pop);
    if (verdict === "alive")
      throw new UselessDnsError(`The DNS resolver has an address for ${pop}, which is no POP: it answers every name`);
    if (verdict !== "dead") throw new UselessDnsError(`The DNS resolver does not answer: ${verdict.unclear}`);
  }
}

/** The answers so far. */
export interface Discovery {
  readonly alive: string[];
  /** Codes with an answer: they exist, or they do not. */
  readonly answered: Set<string>;
  /** Codes without an answer. */
  readonly unclear: Set<string>;
}

export interface DiscoverOptions {
  /** In the order in which they are asked. */
  readonly candidates: readonly string[];
  readonly look: Look;
  /** Ends the questions. The answers so far are returned. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each answer. */
  readonly onAnswer?: (so: Discovery) => void;
}

/**
 * Asks the DNS which candidates exist. Codes without an answer are asked once more at the end. A resolver that stops answering ends the
 * questions. {@link checkResolver} comes first.
 */
export async function discoverPops({ candidates, look, signal, onAnswer }: DiscoverOptions): Promise<Discovery> {
  const so: Discovery = { alive: [], answered: new Set(), unclear: new Set() };
  let unanswered = 0;
  const ask = async (pop: string) => {
    if (signal?.aborted === true || unanswered >= MAX_UNANSWERED) return;
    const verdict = await look(pop);
    if (typeof verdict === "object") {
      unanswered++;
      so.unclear.add(pop);
    } else {
      unanswered = 0;
      so.unclear.delete(pop);
      so.answered.add(pop);
      if (verdict === "alive") so.alive.push(pop);
    }
    onAnswer?.(so);
  };
  await pMap(candidates, ask, { concurrency: AT_ONCE });
  await pMap([...so.unclear], ask, { concurrency: AT_ONCE });
  return so;
}
