import type { Say } from "../words/say.ts";
import { REGIONS } from "./regions.ts";

const TEXTS = {
  apac: "regionApac",
  jp: "regionJp",
  au: "regionAu",
  eu: "regionEu",
  us: "regionUs",
  ca: "regionCa",
  sa: "regionSa",
  cn: "regionCn",
} as const;

/** What the page calls a region of the API; "" for none. */
export function regionText(region: string, say: Say): string {
  const known = REGIONS.find((it) => it === region);
  return known === undefined ? region : say(TEXTS[known]);
}
