import { DEFAULT_INSTANCES, DEFAULT_TIMEOUT_MINUTES } from "../../domain/limits.ts";
import type { SourceType } from "../../domain/request/source.ts";
import { DEFAULT_DOWNLOADS, DEFAULT_SCOPE } from "../../domain/result/downloads.ts";
import { DEFAULT_VERIFY } from "../../domain/result/outcome.ts";

/** How URLs are given: each has its own part of the form, and all that were filled count. */
export const WAYS = ["paste", "sitemap", "stream", "s3"] as const;
export type Way = (typeof WAYS)[number];

/** A source as it is typed. */
export interface SourceRow {
  readonly type: SourceType;
  /** https://… or s3://… */
  readonly address: string;
  readonly base: string;
  readonly originPath: string;
  readonly since: string;
  /** Separated by blanks or commas. */
  readonly hosts: string;
}

export interface OwnVariant {
  readonly name: string;
  /** Lines of the form `Name: value`. */
  readonly header: string;
}

/** The form as it is typed: numbers are texts, and may be wrong. */
export interface Form {
  readonly way: Way;
  readonly urls: string;
  readonly sources: readonly SourceRow[];
  readonly domain: string;
  /** Codes; undefined: not chosen yet, the default set is meant. */
  readonly pops: readonly string[] | undefined;
  /** Names of {@link COMPRESSIONS} and {@link DEVICES}. */
  readonly compressions: readonly string[];
  readonly devices: readonly string[];
  /** Parted by commas. */
  readonly languages: string;
  /** From a body that no ready-made choice makes; where there is one, they count alone. */
  readonly ownVariants: readonly OwnVariant[];
  readonly header: string;
  readonly verify: string;
  readonly downloads: string;
  readonly scope: string;
  readonly instances: string;
  readonly minutes: string;
  readonly originRate: string;
  readonly originConcurrency: string;
  /** Whether the URLs themselves are. */
  readonly invalidate: boolean;
  /** A line each. */
  readonly invalidatePaths: string;
  /** Parted by commas, spaces or lines. */
  readonly invalidateTags: string;
  /** Whether what CloudFront does not cache is left out. */
  readonly skipUncached: boolean;
  readonly maxBytes: string;
  readonly maxFailures: string;
  readonly token: string;
}

export const EMPTY_FORM: Form = {
  way: "paste",
  urls: "",
  sources: [],
  domain: "",
  pops: undefined,
  compressions: [],
  devices: [],
  languages: "",
  ownVariants: [],
  header: "",
  verify: DEFAULT_VERIFY,
  downloads: String(DEFAULT_DOWNLOADS),
  scope: DEFAULT_SCOPE,
  instances: String(DEFAULT_INSTANCES),
  minutes: String(DEFAULT_TIMEOUT_MINUTES),
  originRate: "",
  originConcurrency: "",
  invalidate: false,
  invalidatePaths: "",
  invalidateTags: "",
  skipUncached: false,
  maxBytes: "",
  maxFailures: "",
  token: "",
};

export const NEW_SOURCE = { address: "", base: "", originPath: "", since: "", hosts: "" };

/** The sources that belong to a way. */
export const SOURCES_OF: Readonly<Record<Way, readonly SourceType[]>> = {
  paste: ["list"],
  sitemap: ["sitemap"],
  stream: ["hls", "dash"],
  s3: ["s3-prefix"],
};
