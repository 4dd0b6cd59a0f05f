// biome-ignore-all format: one row a line
import type { Language } from "../format.ts";

/** A regional edge cache (REC), the tier between POPs and origin. */
interface Rec {
  /** the city or area it is known by */
  readonly name: string;
  readonly zh: string;
  /** of the API: the smallest one in which it stands; repeated here because the catalogue of sites is too large for a page */
  readonly region: string | undefined;
  /** a site in its metro, by code: its place on a map */
  readonly site: string;
  /** `documented`: in AWS's own list of Origin Shield regions. `listed`: only in another tool's list of fifteen. */
  readonly basis: "documented" | "listed";
}

export const RECS = [
  { name: "N. Virginia", zh: "弗吉尼亚北部", region: "us", site: "IAD", basis: "documented" },
  { name: "Ohio", zh: "俄亥俄", region: "us", site: "CMH", basis: "documented" },
  { name: "N. California", zh: "加利福尼亚北部", region: "us", site: "SFO", basis: "listed" },
  { name: "Oregon", zh: "俄勒冈", region: "us", site: "HIO", basis: "documented" },
  { name: "Sao Paulo", zh: "圣保罗", region: "sa", site: "GRU", basis: "documented" },
  { name: "Frankfurt", zh: "法兰克福", region: "eu", site: "FRA", basis: "documented" },
  { name: "Ireland", zh: "爱尔兰", region: "eu", site: "DUB", basis: "documented" },
  { name: "London", zh: "伦敦", region: "eu", site: "LHR", basis: "documented" },
  { name: "Mumbai", zh: "孟买", region: "apac", site: "BOM", basis: "documented" },
  { name: "Singapore", zh: "新加坡", region: "apac", site: "SIN", basis: "documented" },
  { name: "Tokyo", zh: "东京", region: "jp", site: "NRT", basis: "documented" },
  { name: "Seoul", zh: "首尔", region: "apac", site: "ICN", basis: "documented" },
  { name: "Sydney", zh: "悉尼", region: "au", site: "SYD", basis: "documented" },
  { name: "UAE", zh: "阿联酋", region: undefined, site: "DXB", basis: "listed" },
  { name: "Hong Kong", zh: "香港", region: "apac", site: "HKG", basis: "listed" },
] as const satisfies readonly Rec[];

export type RecName = (typeof RECS)[number]["name"];

/** How it is known which REC serves a site, surest first. AWS publishes it for no site. */
export const REC_BASES = {
  metro: "The REC is in the same metropolitan area.",
  origin_shield: "By the AWS table of Origin Shield Regions.",
  listed: "By the table of another tool.",
  nearest: "The nearest REC that AWS documents: a guess.",
} as const;

export type RecBasis = keyof typeof REC_BASES;

const BY_NAME = new Map<string, (typeof RECS)[number]>(RECS.map((rec) => [rec.name, rec]));

/** A REC as readers of a language call it. @param rec its English name; one that a newer release names stays as it is */
export function recName(rec: string, language: Language): string {
  return language === "zh" ? (BY_NAME.get(rec)?.zh ?? rec) : rec;
}

/** The region of the API in which a REC stands, the smallest one. Undefined: in none, or a newer release names the REC. */
export function regionOfRec(rec: string) {
  return BY_NAME.get(rec)?.region;
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
