import type { FormTextName } from "../words/form-reader.ts";
import type { Faults } from "./faults.ts";

interface Asked {
  /** URLs and sources that were given. */
  readonly urls: number;
  readonly badLines: number;
  readonly isTooMany: boolean;
  readonly pops: number;
  readonly isBeyondCap: boolean;
  /** What the API says of it. */
  readonly faults: Faults;
}

/** Why a request cannot be sent, the first of several reasons. Undefined: it can. */
export function whyNotSend({ urls, badLines, isTooMany, pops, isBeyondCap, faults }: Asked): FormTextName | undefined {
  if (badLines > 0) return "offBadLines";
  if (isTooMany) return "offTooMany";
  if (urls === 0) return "offNoUrls";
  if (pops === 0) return "offNoPops";
  if (isBeyondCap) return "offCap";
  if (faults.of.size > 0) return "offFault";
  return faults.rest.length > 0 ? "offRefused" : undefined;
}
