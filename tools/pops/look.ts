import { setTimeout as sleep } from "node:timers/promises";
import type { Resolver } from "../../domain/net/resolver.ts";
import { popDomain } from "../../domain/pops/select.ts";

/** What the DNS says of a code: it has addresses, there is no such name, or nothing that can be relied on. */
export type Verdict = "alive" | "dead" | { readonly unclear: string };

export type Look = (pop: string) => Promise<Verdict>;

const NO_SUCH_NAME = new Set(["ENOTFOUND", "ENODATA"]);

/** Looks codes up under a label, so many a second at the most, however many are asked for at once. */
export function lookUnder(label: string, dns: Resolver, perSecond: number): Look {
  const turn = pace(perSecond);
  return async (pop) => {
    await turn();
    try {
      await dns.addresses(popDomain(label, pop));
      return "alive";
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      return NO_SUCH_NAME.has(code) ? "dead" : { unclear: code };
    }
  };
}

/** Turns, evenly spread. */
function pace(perSecond: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + 1_000 / perSecond;
    if (at > now) await sleep(at - now);
  };
}
