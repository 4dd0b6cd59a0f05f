import { grouped } from "../../domain/collections.ts";
import { shownLocation } from "../../domain/request/source.ts";
import { CommandError } from "../command-error.ts";

/** What the command line says of sources. */
export interface SourceWords {
  readonly list?: readonly string[];
  readonly sitemap?: readonly string[];
  readonly hls?: readonly string[];
  readonly dash?: readonly string[];
  readonly s3?: readonly string[];
  readonly base?: string;
  readonly originPath?: string;
  readonly since?: string;
  readonly sourceHost?: readonly string[];
}

/** An entry of `sources` in POST /prewarm. */
export interface SourceEntry {
  readonly type: "list" | "sitemap" | "hls" | "dash" | "s3-prefix";
  readonly url?: string;
  readonly s3?: string;
  readonly base?: string;
  readonly origin_path?: string;
  readonly since?: string;
  readonly hosts?: readonly string[];
}

const DOCUMENTS = ["list", "sitemap", "hls", "dash"] as const;

/** A document is at an https:// address or in a bucket; `--s3` is all below a prefix. @throws CommandError */
export function sourcesOf(words: SourceWords): SourceEntry[] {
  const { base, originPath, since, sourceHost: hosts, s3 = [] } = words;
  const inBucket = base === undefined ? {} : { base };
  const documents = DOCUMENTS.flatMap((type) =>
    (words[type] ?? []).map(
      (place): SourceEntry => ({
        type,
        ...(isBucket(place) ? { s3: place, ...inBucket } : { url: addressOf(type, place) }),
        ...(type === "sitemap" && since !== undefined ? { since } : {}),
        ...(hosts === undefined ? {} : { hosts }),
      }),
    ),
  );
  const prefixes = s3.map((place): SourceEntry => {
    if (base === undefined)
      throw new CommandError("--s3 needs --base", "Add the base URL: --base https://www.example.com/");
    return {
      type: "s3-prefix",
      s3: isBucket(place) ? place : `s3://${place}`,
      ...inBucket,
      ...(originPath === undefined ? {} : { origin_path: originPath }),
    };
  });
  const all = [...documents, ...prefixes];
  for (const [option, value, uses, goesWith] of [
    ["--base", base, all.some((it) => it.s3 !== undefined), "sources in a bucket: --s3, or --list s3://…"],
    ["--origin-path", originPath, s3.length > 0, "--s3"],
    ["--since", since, (words.sitemap ?? []).length > 0, "--sitemap"],
    ["--source-host", hosts, documents.length > 0, "--sitemap, --hls, --dash and --list"],
  ] as const)
    if (value !== undefined && !uses) throw new CommandError(`${option} has no effect here`, `It is for ${goesWith}.`);
  return all;
}

/** Names of files by which documents are known: `sitemap.xml`, `sitemap_index.xml.gz`, `post-sitemap.xml`, `main.m3u8`, `main.mpd`. */
const NAMES = [
  { type: "sitemap", name: /sitemap[^/]*\.xml(?:\.gz)?$/i, is: "a sitemap: all URLs in it are warmed" },
  { type: "hls", name: /\.m3u8$/i, is: "an HLS playlist: the playlist and all URLs that it references are warmed" },
  { type: "dash", name: /\.mpd$/i, is: "a DASH manifest: the manifest and all URLs that it references are warmed" },
] as const;

/**
 * Those of the URLs on a command line that are documents, as `--sitemap`, `--hls` and `--dash` name them. Nothing is fetched: another
 * XML file may be a sitemap, and is warmed as it is.
 * @returns `told`: what each kind was taken for
 */
export function documentsAmong(urls: readonly string[]) {
  const byType = grouped(urls, (url) => NAMES.find(({ name }) => name.test(url.replace(/[?#].*$/s, "")))?.type);
  const of = (type: (typeof NAMES)[number]["type"] | undefined): readonly string[] => byType.get(type) ?? [];
  const told = NAMES.flatMap(({ type, is }) => {
    const [first, ...more] = of(type);
    if (first === undefined) return [];
    // A query may be a signature.
    const shown = shownLocation(first);
    const which = more.length === 0 ? shown : `${shown} (and ${more.length} more like it)`;
    return [`${which} is read as ${is}. To warm only the file itself, put it in a list: --file urls.txt`];
  });
  return { sitemap: of("sitemap"), hls: of("hls"), dash: of("dash"), others: of(undefined), told };
}

function addressOf(type: (typeof DOCUMENTS)[number], place: string): string {
  if (/^https?:\/\//i.test(place)) return place;
  const here = type === "list" ? " For a list on this machine, use --file." : "";
  throw new CommandError(
    `--${type}: '${place}' is not a URL`,
    `Use https://… or s3://bucket/key, which the deployment reads.${here}`,
  );
}

function isBucket(place: string): boolean {
  return place.startsWith("s3://");
}
