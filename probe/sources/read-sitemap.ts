import { MAX_URLS } from "../../domain/limits.ts";
import { parseUrl } from "../../domain/net/urls.ts";
import { absolute, DocumentError, type Reader } from "./document.ts";
import { linesOf, peek } from "./document-stream.ts";
import { readXml } from "./xml.ts";

const ADDRESS = /^https?:\/\//i;
/** A line of `robots.txt`: https://www.rfc-editor.org/rfc/rfc9309.html#section-2.2, and the one that names a sitemap. */
const RECORD = /^(user-agent|allow|disallow|sitemap)[ \t]*:[ \t]*([^#]*)/i;
const NOT_A_SITEMAP = "is no sitemap: neither XML, nor a list of URLs, nor a robots.txt";

/**
 * A sitemap in any form that https://www.sitemaps.org/protocol.html has: XML, an index of sitemaps, a feed, a text file, or
 * `robots.txt`, which names sitemaps. Its content tells which, since names and types of answers are often wrong.
 */
export const readSitemap: Reader = async (text, context, extracted) => {
  const { read, all } = await peek(text, (pieces) => (pieces.at(-1) ?? "").trim() !== "");
  const start = (read.at(-1) ?? "").trimStart();
  if (start === "") throw new DocumentError("is empty");
  await (start.startsWith("<") ? readSitemapXml(all, context, extracted) : readText(all, context, extracted));
};

/**
 * A text file with a URL a line, or a `robots.txt`, of which the `Sitemap` lines count. The first line that is one or the other
 * tells which: what stands before it may be anything, as parsers of `robots.txt` skip lines that they do not understand.
 */
const readText: Reader = async (text, { base }, extracted) => {
  let kind: "addresses" | "robots" | undefined;
  let unknown = 0;
  for await (const lines of linesOf(text)) {
    // RFC 9309 lets a line end in a lone CR.
    for (const line of lines.flatMap((it) => it.split("\r"))) {
      const entry = line.trim();
      if (entry === "" || entry.startsWith("#")) continue;
      const [, name, value = ""] = RECORD.exec(entry) ?? [];
      const isAddress = ADDRESS.test(entry);
      if (isAddress || name !== undefined) kind ??= isAddress ? "addresses" : "robots";
      // https://www.sitemaps.org/protocol.html#submit_robots
      const isSitemapLine = name?.toLowerCase() === "sitemap" && value.trim() !== "";
      if (kind === "robots" && isSitemapLine) extracted.addDocument(value, base, "sitemap");
      // Whole URLs alone: anything else would be taken for the name of a file beside the sitemap.
      else if (kind === "addresses" && isAddress) extracted.add(entry, undefined);
      else unknown++;
    }
  }
  if (kind === undefined) throw new DocumentError(unknown === 0 ? "has nothing but comments" : NOT_A_SITEMAP);
  if (kind === "addresses") extracted.leaveOut("not_a_url", unknown);
  else if (extracted.documents.length === 0) throw new DocumentError("is a robots.txt without a Sitemap line");
};

// Elements of sitemaps (https://www.sitemaps.org/protocol.html#otherformats), of RSS 2.0 (rssboard.org) and of Atom (RFC 4287), each
// with the document's root and the element that it stands in. Atom 0.3 called `updated` `modified`.
const ROOTS = new Set(["urlset", "sitemapindex", "rss", "feed"]);
const INDEX_ENTRY = "sitemapindex:sitemapindex/sitemap";
const ENTRIES = new Set(["urlset:urlset/url", INDEX_ENTRY, "rss:channel/item", "feed:feed/entry"]);
const ITEM_LINK = "rss:item/link";
/** Their text is a reference. */
const REFERENCES = new Set([
  ...["urlset:url/loc", "urlset:image/loc", "urlset:video/content_loc", "urlset:video/thumbnail_loc"],
  ...["sitemapindex:sitemap/loc", ITEM_LINK],
]);
/** When an entry was changed. */
const CHANGED = new Set([
  ...["urlset:url/lastmod", "sitemapindex:sitemap/lastmod", "rss:item/pubDate"],
  ...["feed:entry/updated", "feed:entry/modified"],
]);

type Attributes = Readonly<Record<string, string>>;

/** The reference that an element has in an attribute; undefined: none that counts. */
function attributeReference(where: string, { rel, href, url }: Attributes): string | undefined {
  if (where === "rss:item/enclosure") return url;
  const isAlternate = where === "urlset:url/link" && hasWord(rel, "alternate");
  const isOfEntry =
    where === "feed:entry/link" && (rel === undefined || hasWord(rel, "alternate") || hasWord(rel, "enclosure"));
  return isAlternate || isOfEntry ? href : undefined;
}

const RELATIONS = "http://www.iana.org/assignments/relation/";

interface Reference {
  readonly text: string;
  readonly base: string | undefined;
}

/** A sitemap of XML (pages, their alternates, images and videos), an index of sitemaps, or a feed. */
const readSitemapXml: Reader = async (text, { base, since }, extracted) => {
  /** The elements that are open, and what references in them go on from (xml:base). */
  const path: { readonly name: string; readonly base: string | undefined }[] = [];
  /** Of the entry that is read. */
  let references: Reference[] = [];
  let changed: string | undefined;
  const note = (reference: Reference) => {
    if (references.push(reference) > MAX_URLS) throw new DocumentError("has an entry with too many URLs");
  };
  await readXml(text, {
    open: (name, attributes) => {
      const around = path.at(-1);
      if (around === undefined && !ROOTS.has(name)) throw new DocumentError("is XML, but no sitemap");
      const element = { name, base: baseOf(attributes, around === undefined ? base : around.base) };
      path.push(element);
      const where = `${path[0]?.name}:${around?.name}/${name}`;
      if (ENTRIES.has(where)) {
        references = [];
        changed = undefined;
      }
      const reference = attributeReference(where, attributes);
      if (reference !== undefined) note({ text: reference, base: element.base });
    },
    close: (name, value) => {
      const element = path.pop();
      const where = `${path[0]?.name}:${path.at(-1)?.name}/${name}`;
      // In a feed, a `link` of another namespace stands beside the item's own, with its address in an attribute.
      if (REFERENCES.has(where) && !(where === ITEM_LINK && value === "")) note({ text: value, base: element?.base });
      if (where.endsWith(":video/player_loc")) extracted.leaveOut("player_page");
      if (CHANGED.has(where)) changed = value;
      if (!ENTRIES.has(where)) return;
      const isOlder = changed !== undefined && since !== undefined && !isSince(changed, since);
      if (isOlder) return extracted.leaveOut("older", references.length);
      for (const it of references) {
        if (where === INDEX_ENTRY) extracted.addDocument(it.text, it.base, "sitemap");
        else extracted.add(it.text, it.base);
      }
    },
  });
};

/** https://www.w3.org/TR/xmlbase/ Feeds use it; one that is no URL changes nothing. */
function baseOf(attributes: Attributes, around: string | undefined): string | undefined {
  const own = attributes["xml:base"];
  if (own === undefined) return around;
  return parseUrl(absolute(own, around) ?? "")?.href ?? around;
}

/** In XHTML, `rel` is a list of words. In Atom, it is one, or its name as a URL (RFC 4287, 4.2.7.2). */
function hasWord(words: string | undefined, word: string): boolean {
  return words?.toLowerCase().replace(RELATIONS, "").split(/\s+/).includes(word) === true;
}

// https://www.w3.org/TR/NOTE-datetime
const DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/;
const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?$/i;

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
  const text = lastmod.trim();
  // A day or month that does not exist cannot be read: V8 takes 30 February for 1 March.
  if (DATE.test(text))
    return !new Date(text).toJSON()?.startsWith(text) || text >= new Date(since).toISOString().slice(0, text.length);
  const [, time, zone = "Z"] = TIME.exec(text) ?? [];
  if (time === undefined && !RFC_822.test(text)) return true;
  const changed = Date.parse(time === undefined ? text : `${time}${zone}`.toUpperCase());
  return !(changed < Date.parse(since));
}
