import { isHit } from "../../domain/result/outcome.ts";
import type { Answer } from "../download/answer.ts";

type CacheSays = Pick<Answer, "xCache" | "serverTiming" | "age">;

/** CloudFront names the tier that had the answer only where the origin was not asked. */
const TIER = "cdn-hit-layer";

/** Whether the answer shows that the origin was asked. */
export function reachedOrigin({ xCache = "", serverTiming }: CacheSays): boolean {
  return serverTiming !== undefined && !serverTiming.includes(TIER) && /^(miss|refreshhit)\b/i.test(xCache);
}

/** Whether a cache had the answer: it says nothing of how the origin is now. A kept error has an age. */
export function isFromCache({ xCache, serverTiming = "", age }: CacheSays): boolean {
  return isHit({ xCache }) || serverTiming.includes(TIER) || Number(age ?? 0) > 0;
}
