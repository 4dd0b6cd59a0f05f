import type { TextName } from "../words/messages.ts";

interface Asked {
  /** URLs and sources that were given. */
  readonly urls: number;
  readonly badLines: number;
  readonly isTooMany: boolean;
  readonly pops: number;
  readonly isBeyondCap: boolean;
  readonly isFaulty: boolean;
}

/** Why a request cannot be sent, the first of several reasons. Undefined: it can. */
export function whyNotSend({ urls, badLines, isTooMany, pops, isBeyondCap, isFaulty }: Asked): TextName | undefined {
  if (badLines > 0) return "offBadLines";
  if (isTooMany) return "offTooMany";
  if (urls === 0) return "offNoUrls";
  if (pops === 0) return "offNoPops";
  if (isBeyondCap) return "offCap";
  return isFaulty ? "offFault" : undefined;
}
