import { MAX_URLS } from "../../domain/request/limits.ts";
import { isSince } from "../../domain/sources/since.ts";
import { DocumentError } from "./document-error.ts";
import type { Finds } from "./finds.ts";
import type { Place, Reader } from "./reader.ts";
import { readXml } from "./xml.ts";

/** Where a sitemap names something that a browser or a player loads, below its `url`. */
const NAMES = new Set(["url/loc", "image/loc", "video/content_loc", "video/thumbnail_loc"]);

/** A `url` of a sitemap, or a `sitemap` of an index, while it is read. */
interface Entry {
  readonly references: string[];
  lastmod?: string;
}

/** A sitemap (pages, their alternates, images and videos) or an index of sitemaps: https://www.sitemaps.org/protocol.html */
export const readSitemap: Reader = async (text, place, finds) => {
  const path: string[] = [];
  let entry: Entry = { references: [] };
  const note = (reference: string | undefined) => {
    if (reference === undefined) return;
    if (entry.references.push(reference) > MAX_URLS) throw new DocumentError("has an entry with too many URLs");
  };
  await readXml(text, {
    open: (name, attributes) => {
      if (path.length === 0 && name !== "urlset" && name !== "sitemapindex")
        throw new DocumentError("is XML, but no sitemap");
      if (path.length === 1) entry = { references: [] };
      path.push(name);
      if (path.at(-2) === "url" && name === "link" && isAlternate(attributes["rel"])) note(attributes["href"]);
    },
    close: (name, value) => {
      path.pop();
      const parent = path.at(-1);
      const where = `${parent}/${name}`;
      if (NAMES.has(where) || where === "sitemap/loc") note(value);
      if (where === "video/player_loc") finds.leave("player_page");
      if (where === "url/lastmod" || where === "sitemap/lastmod") entry.lastmod = value;
      if (path.length === 1) take(`${parent}/${name}`, entry, place, finds);
    },
  });
};

function take(where: string, { references, lastmod }: Entry, { base, source }: Place, finds: Finds): void {
  const { since } = source;
  if (lastmod !== undefined && since !== undefined && !isSince(lastmod, since)) {
    finds.leave("older", references.length);
    return;
  }
  for (const reference of references) {
    if (where === "urlset/url") finds.add(reference, base);
    if (where === "sitemapindex/sitemap") finds.lead(reference, base, { type: "sitemap" });
  }
}

/** `rel` is a list of words. */
function isAlternate(rel = ""): boolean {
  return rel.toLowerCase().split(/\s+/).includes("alternate");
}
