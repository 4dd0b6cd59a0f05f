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
  const sitemap = new Sitemap(place, finds);
  await readXml(text, {
    open: (name, attributes) => sitemap.open(name, attributes),
    close: (name, value) => sitemap.close(name, value),
  });
};

class Sitemap {
  /** Names of the elements that are open. */
  private readonly path: string[] = [];
  private entry: Entry = { references: [] };

  constructor(
    private readonly place: Place,
    private readonly finds: Finds,
  ) {}

  open(name: string, { rel, href }: Readonly<Record<string, string>>): void {
    const { length } = this.path;
    if (length === 0 && name !== "urlset" && name !== "sitemapindex") throw new DocumentError("is XML, but no sitemap");
    if (length === 1) this.entry = { references: [] };
    if (this.path.at(-1) === "url" && name === "link" && isAlternate(rel) && href !== undefined) this.note(href);
    this.path.push(name);
  }

  close(name: string, text: string): void {
    this.path.pop();
    const where = `${this.path.at(-1)}/${name}`;
    if (NAMES.has(where) || where === "sitemap/loc") this.note(text);
    if (where === "video/player_loc") this.finds.leave("player_page");
    if (where === "url/lastmod" || where === "sitemap/lastmod") this.entry.lastmod = text;
    if (where === "urlset/url" || where === "sitemapindex/sitemap") this.take(where);
  }

  private note(reference: string): void {
    if (this.entry.references.push(reference) > MAX_URLS) throw new DocumentError("has an entry with too many URLs");
  }

  private take(where: "urlset/url" | "sitemapindex/sitemap"): void {
    const { base, source } = this.place;
    const { references, lastmod } = this.entry;
    if (lastmod !== undefined && source.since !== undefined && !isSince(lastmod, source.since)) {
      this.finds.leave("older", references.length);
      return;
    }
    for (const reference of references) {
      if (where === "urlset/url") this.finds.add(reference, base);
      else this.finds.lead(reference, base, { type: "sitemap" });
    }
  }
}

/** `rel` is a list of words. */
function isAlternate(rel = ""): boolean {
  return rel.toLowerCase().split(/\s+/).includes("alternate");
}
