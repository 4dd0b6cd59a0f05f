import type { ProbedPop } from "./lookup.ts";
import type { Reached } from "./reach.ts";
import type { Share } from "./share.ts";
import { tierOf } from "./tier.ts";

export interface Seen {
  readonly at: Date;
  readonly url: URL;
  /** Where names were looked up. */
  readonly resolvedFrom: string;
  readonly region: string;
  readonly isAws: boolean;
  readonly resolved: readonly ProbedPop[];
  readonly reached: readonly Reached[];
  readonly shares: readonly Share[];
}

/**
 * What was seen of the edge, to be sent around: no key, no account, no query of the URL (a signed one would let others in)
 * and no header but those that tell of the edge. Addresses are CloudFront's, which everybody may look up.
 */
export function evidenceOf({ at, url, resolvedFrom, region, isAws, resolved, reached, shares }: Seen) {
  return {
    format: "prewarm-edge/1",
    at: at.toISOString(),
    edge: isAws ? "CloudFront" : "a stand-in",
    url: `${url.protocol}//${url.host}${url.pathname}`,
    resolvedFrom,
    askedFrom: "the operator's machine",
    region,
    pops: resolved.map(({ pop, addresses, error }) => {
      const { answered, error: unreached } = reached.find((it) => it.pop === pop) ?? {};
      return {
        pop,
        addresses,
        ...(error === undefined ? {} : { error }),
        ...(unreached === undefined ? {} : { unreached }),
        ...(answered === undefined ? {} : { answered: answerOf(answered) }),
      };
    }),
    shares,
  };
}

function answerOf({ status, pop, xCache, serverTiming, age, firstByteMs }: NonNullable<Reached["answered"]>) {
  return { status, pop, xCache, tier: tierOf(serverTiming), age, firstByteMs };
}
