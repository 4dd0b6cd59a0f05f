// biome-ignore-all format: one row a line

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
