import type { RecName } from "./recs.ts";
import type { Region } from "./regions.ts";

/** Apart from the catalogue of sites, which a page would load for these few names alone. A test compares both. */
const REGION_OF: Readonly<Record<RecName, Region | undefined>> = {
  "N. Virginia": "us",
  Ohio: "us",
  "N. California": "us",
  Oregon: "us",
  "Sao Paulo": "sa",
  Frankfurt: "eu",
  Ireland: "eu",
  London: "eu",
  Mumbai: "apac",
  Singapore: "apac",
  Tokyo: "jp",
  Seoul: "apac",
  Sydney: "au",
  UAE: undefined,
  "Hong Kong": "apac",
};

/** The region of the API in which a REC stands, the smallest one. Undefined: in none, or a newer release names the REC. */
export function regionOfRec(rec: string): Region | undefined {
  return isKnown(rec) ? REGION_OF[rec] : undefined;
}

function isKnown(rec: string): rec is RecName {
  return Object.hasOwn(REGION_OF, rec);
}
