import { DocumentError } from "./document-error.ts";
import type { Finds } from "./finds.ts";
import type { Reader } from "./reader.ts";
import { readSitemapXml } from "./sitemap-xml.ts";
import { linesOf } from "./text.ts";

const ADDRESS = /^https?:\/\//i;
/** A line of `robots.txt`: https://www.rfc-editor.org/rfc/rfc9309.html#section-2.2, and the one that names a sitemap. */
const RECORD = /^(user-agent|allow|disallow|sitemap)[ \t]*:[ \t]*([^#]*)/i;
const NEITHER = "is no sitemap: neither XML, nor a list of URLs, nor a robots.txt";

/**
 * A sitemap in any form that https://www.sitemaps.org/protocol.html has: XML, an index of sitemaps, a feed, a text file, or
 * `robots.txt`, which names sitemaps. Its content tells which, since names and types of answers are often wrong.
 */
export const readSitemap: Reader = async (text, place, finds) => {
  const { start, all } = await startOf(text);
  if (start === "") throw new DocumentError("is empty");
  await (start === "<" ? readSitemapXml(all, place, finds) : readText(all, place, finds));
};

/** The first character that is not blank, and the whole text. */
async function startOf(text: AsyncIterable<string>): Promise<{ start: string; all: AsyncIterable<string> }> {
  const iterator = text[Symbol.asyncIterator]();
  const pieces: string[] = [];
  let start = "";
  while (start === "") {
    const { value, done } = await iterator.next();
    if (done === true) break;
    pieces.push(value);
    start = value.trimStart().slice(0, 1);
  }
  return { start, all: rejoined(pieces, iterator) };
}

async function* rejoined(pieces: readonly string[], iterator: AsyncIterator<string>) {
  yield* pieces;
  yield* { [Symbol.asyncIterator]: () => iterator };
}

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
