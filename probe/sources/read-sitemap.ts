import { MAX_URLS } from "../../domain/limits.ts";
import { parseUrl } from "../../domain/net/urls.ts";
import { absolute, DocumentError, type Finds, type Place, type Reader } from "./document.ts";
import { linesOf, peek } from "./document-stream.ts";
import { readXml } from "./xml.ts";

const ADDRESS = /^https?:\/\//i;
/** A line of `robots.txt`: https://www.rfc-editor.org/rfc/rfc9309.html#section-2.2, and the one that names a sitemap. */
const RECORD = /^(user-agent|allow|disallow|sitemap)[ \t]*:[ \t]*([^#]*)/i;
const NEITHER = "is no sitemap: neither XML, nor a list of URLs, nor a robots.txt";

/**
 * A sitemap in any form that https://www.sitemaps.org/protocol.html has: XML, an index of sitemaps, a feed, a text file, or
 * `robots.txt`, which names sitemaps. Its content tells which, since names and types of answers are often wrong.
 */
export const readSitemap: Reader = async (text, place, finds) => {
  const { read, all } = await peek(text, (pieces) => (pieces.at(-1) ?? "").trim() !== "");
  const start = (read.at(-1) ?? "").trimStart();
  if (start === "") throw new DocumentError("is empty");
  await (start.startsWith("<") ? readSitemapXml(all, place, finds) : readText(all, place, finds));
};

/**
 * A text file with a URL a line, or a `robots.txt`, of which the `Sitemap` lines count. The first line that is one or the other
 * tells which: what stands before it may be anything, as parsers of `robots.txt` skip lines that they do not understand.
 */
const readText: Reader = async (text, { base }, finds) => {
  let kind: "addresses" | "robots" | undefined;
  let unknown = 0;
  for await (const lines of linesOf(text)) {
    // RFC 9309 lets a line end in a lone CR.
    for (const line of lines.flatMap((it) => it.split("\r"))) {
      const entry = line.trim();
      if (entry === "" || entry.startsWith("#")) continue;
      kind ??= kindOf(entry);
      if (kind === "robots") takeRecord(entry, base, finds);
      // Whole URLs alone: anything else would be taken for the name of a file beside the sitemap.
      else if (ADDRESS.test(entry)) finds.add(entry, undefined);
      else unknown++;
    }
  }
  if (kind === undefined) throw new DocumentError(unknown === 0 ? "has nothing but comments" : NEITHER);
  if (kind === "addresses") finds.leave("not_a_url", unknown);
  else if (finds.documents.length === 0) throw new DocumentError("is a robots.txt without a Sitemap line");
};

/** What a line says the text is; undefined: nothing. */
function kindOf(entry: string): "addresses" | "robots" | undefined {
  if (ADDRESS.test(entry)) return "addresses";
  return RECORD.test(entry) ? "robots" : undefined;
}

/** A sitemap that `robots.txt` names: https://www.sitemaps.org/protocol.html#submit_robots */
function takeRecord(entry: string, base: string | undefined, finds: Finds): void {
  const [, name = "", value = ""] = RECORD.exec(entry) ?? [];
  if (name.toLowerCase() === "sitemap" && value.trim() !== "") finds.lead(value, base, { type: "sitemap" });
}

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
    const { since } = this.place;
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

// https://www.w3.org/TR/NOTE-datetime
const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i;

/** `Wed, 02 Oct 2024 13:00:00 GMT`, as RSS has it: https://www.rfc-editor.org/rfc/rfc822#section-5.1 */
const RFC_822 =
  /^(?:[a-z]{3},\s{0,9})?\d{1,2}\s{1,9}[a-z]{3}\s{1,9}\d{2}(?:\d{2})?\s{1,9}\d{2}:\d{2}(?::\d{2})?\s{1,9}(?:[+-]\d{4}|ut|gmt|[ecmp][sd]t|z)$/i;

/**
 * Whether something was changed at `since` or later. A date without a time is taken to its end, since the change may have
 * been late that day; a time without a zone is UTC. What cannot be read counts as changed.
 * @param lastmod as a sitemap has it: a year, a month, a day or a time; or as a feed of RSS has it
 * @param since ISO 8601
 */
export function isSince(lastmod: string, since: string): boolean {
  const last = lastMoment(lastmod.trim());
  const first = Date.parse(since);
  return !(last < first);
}

/** The last millisecond that a date may mean, since the epoch; NaN: it is none. */
function lastMoment(text: string): number {
  const [all, year, month, day, time, zone = "Z"] = DATE.exec(text) ?? [];
  if (all === undefined) return RFC_822.test(text) ? Date.parse(text) : Number.NaN;
  if (time !== undefined) return Date.parse(`${year}-${month}-${day}T${time}${zone.toUpperCase()}`);
  if (month === undefined) return Date.UTC(Number(year) + 1, 0) - 1;
  if (day === undefined) return Date.UTC(Number(year), Number(month)) - 1;
  return Date.UTC(Number(year), Number(month) - 1, Number(day) + 1) - 1;
}
