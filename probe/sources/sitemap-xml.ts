import { parseUrl } from "../../domain/net/urls.ts";
import { MAX_URLS } from "../../domain/request/limits.ts";
import { isSince } from "../../domain/sources/since.ts";
import { DocumentError } from "./document-error.ts";
import { absolute, type Finds } from "./finds.ts";
import type { Place, Reader } from "./reader.ts";
import { readXml } from "./xml.ts";

/** A form of sitemap, by its root element. */
interface Form {
  /** What holds an entry, such as `urlset/url`. */
  readonly entry: string;
  /** Elements below an entry whose text is a reference. */
  readonly names: ReadonlySet<string>;
  /** Those that say when it was changed. */
  readonly changed: ReadonlySet<string>;
  /** The reference that an element has in an attribute; undefined: none that counts. */
  readonly named?: (where: string, attributes: Readonly<Record<string, string>>) => string | undefined;
  /** Whether its references are sitemaps. */
  readonly leads?: boolean;
}

/** https://www.sitemaps.org/protocol.html#otherformats, with RSS 2.0 (rssboard.org) and Atom (RFC 4287). */
const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  [
    "urlset",
    {
      entry: "urlset/url",
      names: new Set(["url/loc", "image/loc", "video/content_loc", "video/thumbnail_loc"]),
      changed: new Set(["url/lastmod"]),
      named: (where, { rel, href }) => (where === "url/link" && hasWord(rel, "alternate") ? href : undefined),
    },
  ],
  [
    "sitemapindex",
    {
      entry: "sitemapindex/sitemap",
      names: new Set(["sitemap/loc"]),
      changed: new Set(["sitemap/lastmod"]),
      leads: true,
    },
  ],
  [
    "rss",
    {
      entry: "channel/item",
      names: new Set(["item/link"]),
      changed: new Set(["item/pubDate"]),
      named: (where, { url }) => (where === "item/enclosure" ? url : undefined),
    },
  ],
  [
    "feed",
    {
      entry: "feed/entry",
      names: new Set(),
      // Atom 0.3 called it `modified`.
      changed: new Set(["entry/updated", "entry/modified"]),
      named: (where, { rel = "alternate", href }) =>
        where === "entry/link" && (hasWord(rel, "alternate") || hasWord(rel, "enclosure")) ? href : undefined,
    },
  ],
]);

const RELATIONS = "http://www.iana.org/assignments/relation/";

interface Open {
  readonly name: string;
  /** What references in it go on from (xml:base). */
  readonly base: string | undefined;
}

interface Reference {
  readonly text: string;
  readonly base: string | undefined;
}

/** A sitemap of XML (pages, their alternates, images and videos), an index of sitemaps, or a feed. */
export const readSitemapXml: Reader = async (text, place, finds) => {
  const sitemap = new Sitemap(place, finds);
  await readXml(text, {
    open: (name, attributes) => sitemap.open(name, attributes),
    close: (name, value) => sitemap.close(name, value),
  });
};

class Sitemap {
  private readonly path: Open[] = [];
  private form: Form | undefined;
  /** Of the entry that is read. */
  private references: Reference[] = [];
  private changed: string | undefined;

  constructor(
    private readonly place: Place,
    private readonly finds: Finds,
  ) {}

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const around = this.path.at(-1);
    if (around === undefined) this.form = formOf(name);
    const base = baseOf(attributes, around === undefined ? this.place.base : around.base);
    const where = `${around?.name}/${name}`;
    this.path.push({ name, base });
    if (where === this.form?.entry) this.begin();
    const reference = this.form?.named?.(where, attributes);
    if (reference !== undefined) this.note(reference, base);
  }

  close(name: string, text: string): void {
    const base = this.path.pop()?.base;
    const where = `${this.path.at(-1)?.name}/${name}`;
    // In a feed, a `link` of another namespace stands beside the item's own, with its address in an attribute.
    if (this.form?.names.has(where) === true && !(where === "item/link" && text === "")) this.note(text, base);
    if (where === "video/player_loc") this.finds.leave("player_page");
    if (this.form?.changed.has(where) === true) this.changed = text;
    if (where === this.form?.entry) this.take();
  }

  private begin(): void {
    this.references = [];
    this.changed = undefined;
  }

  private note(text: string, base: string | undefined): void {
    if (this.references.push({ text, base }) > MAX_URLS) throw new DocumentError("has an entry with too many URLs");
  }

  private take(): void {
    const { since } = this.place.source;
    if (this.changed !== undefined && since !== undefined && !isSince(this.changed, since)) {
      this.finds.leave("older", this.references.length);
      return;
    }
    for (const { text, base } of this.references) {
      if (this.form?.leads === true) this.finds.lead(text, base, { type: "sitemap" });
      else this.finds.add(text, base);
    }
  }
}

/** @throws DocumentError */
function formOf(name: string): Form {
  const form = FORMS.get(name);
  if (form === undefined) throw new DocumentError("is XML, but no sitemap");
  return form;
}

/** https://www.w3.org/TR/xmlbase/ Feeds use it; one that is no URL changes nothing. */
function baseOf(attributes: Readonly<Record<string, string>>, around: string | undefined): string | undefined {
  const own = attributes["xml:base"];
  if (own === undefined) return around;
  return parseUrl(absolute(own, around) ?? "")?.href ?? around;
}

/** In XHTML, `rel` is a list of words. In Atom, it is one, or its name as a URL (RFC 4287, 4.2.7.2). */
function hasWord(words: string | undefined, word: string): boolean {
  return words?.toLowerCase().replace(RELATIONS, "").split(/\s+/).includes(word) === true;
}
