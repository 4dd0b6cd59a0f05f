// biome-ignore-all format: one row a line
import type { Language } from "../format.ts";

/** A regional edge cache (REC), the tier between POPs and origin. */
interface Rec {
  /** the city or area it is known by */
  readonly name: string;
  readonly awsRegion: string;
  /** a site in its metro, by code: its place on a map */
  readonly site: string;
  /** `documented`: in AWS's own list of Origin Shield regions. `listed`: only in another tool's list of fifteen. */
  readonly basis: "documented" | "listed";
}

export const RECS = [
  { name: "N. Virginia", awsRegion: "us-east-1", site: "IAD", basis: "documented" },
  { name: "Ohio", awsRegion: "us-east-2", site: "CMH", basis: "documented" },
  { name: "N. California", awsRegion: "us-west-1", site: "SFO", basis: "listed" },
  { name: "Oregon", awsRegion: "us-west-2", site: "HIO", basis: "documented" },
  { name: "Sao Paulo", awsRegion: "sa-east-1", site: "GRU", basis: "documented" },
  { name: "Frankfurt", awsRegion: "eu-central-1", site: "FRA", basis: "documented" },
  { name: "Ireland", awsRegion: "eu-west-1", site: "DUB", basis: "documented" },
  { name: "London", awsRegion: "eu-west-2", site: "LHR", basis: "documented" },
  { name: "Mumbai", awsRegion: "ap-south-1", site: "BOM", basis: "documented" },
  { name: "Singapore", awsRegion: "ap-southeast-1", site: "SIN", basis: "documented" },
  { name: "Tokyo", awsRegion: "ap-northeast-1", site: "NRT", basis: "documented" },
  { name: "Seoul", awsRegion: "ap-northeast-2", site: "ICN", basis: "documented" },
  { name: "Sydney", awsRegion: "ap-southeast-2", site: "SYD", basis: "documented" },
  { name: "UAE", awsRegion: "me-central-1", site: "DXB", basis: "listed" },
  { name: "Hong Kong", awsRegion: "ap-east-1", site: "HKG", basis: "listed" },
] as const satisfies readonly Rec[];

export type RecName = (typeof RECS)[number]["name"];

/** How it is known which REC serves a site, surest first. AWS publishes it for no site. */
export const REC_BASES = {
  metro: "The REC stands in the same metro.",
  origin_shield: "AWS's Origin Shield table names the REC's region for the AWS region in this metro or country.",
  listed: "Another tool's table names it for the country.",
  nearest: "It is the nearest of the RECs that AWS documents: a guess.",
} as const;

export type RecBasis = keyof typeof REC_BASES;

const ZH: Readonly<Record<RecName, string>> = {
  "N. Virginia": "弗吉尼亚北部",
  Ohio: "俄亥俄",
  "N. California": "加利福尼亚北部",
  Oregon: "俄勒冈",
  "Sao Paulo": "圣保罗",
  Frankfurt: "法兰克福",
  Ireland: "爱尔兰",
  London: "伦敦",
  Mumbai: "孟买",
  Singapore: "新加坡",
  Tokyo: "东京",
  Seoul: "首尔",
  Sydney: "悉尼",
  UAE: "阿联酋",
  "Hong Kong": "香港",
};

/** A REC as readers of a language call it. @param rec its English name; one that a newer release names stays as it is */
export function recName(rec: string, language: Language): string {
  return language === "zh" && isKnown(rec) ? ZH[rec] : rec;
}

function isKnown(rec: string): rec is RecName {
  return Object.hasOwn(ZH, rec);
}

/** What decides where a REC stands among others. */
interface Ranked {
  /** Null: of POPs whose REC is not known. */
  readonly rec: string | null;
  /** How many POPs of the request are under it. */
  readonly pops: number;
}

/**
 * Compares two RECs of a request: those with most POPs first, of as many by name, what is under no known REC last. It is the order on
 * the page and in the terminal: no count of tasks is in it, so that nothing moves while the request runs.
 */
export function byPopCount(a: Ranked, b: Ranked): number {
  return (
    Number(a.rec === null) - Number(b.rec === null) || b.pops - a.pops || (a.rec ?? "").localeCompare(b.rec ?? "", "en")
  );
}
