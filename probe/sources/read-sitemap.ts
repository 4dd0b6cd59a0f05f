import { DocumentError } from "./document-error.ts";
import type { Finds } from "./finds.ts";
import type { Reader } from "./reader.ts";
import { readSitemapXml } from "./sitemap-xml.ts";
import { linesOf } from "./text.ts";

const ADDRESS = /^https?:\/\//i;
/** A line of `robots.txt`: https://www.rfc-editor.org/rfc/rfc9309.html#section-2.2, with records that are not in it. */
const RECORD = /^([a-z][a-z-]{0,40})[ \t]*:[ \t]*([^#]*)/i;

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

/** A text file with a URL a line, or a `robots.txt`, of which the `Sitemap` lines count. */
const readText: Reader = async (text, { base }, finds) => {
  let kind: "addresses" | "robots" | undefined;
  for await (const lines of linesOf(text)) {
    // RFC 9309 lets a line end in a lone CR.
    for (const line of lines.flatMap((it) => it.split("\r"))) {
      const entry = line.trim();
      if (entry === "" || entry.startsWith("#")) continue;
      kind ??= kindOf(entry);
      if (kind === "robots") takeRecord(entry, base, finds);
      // Whole URLs alone: anything else would be taken for the name of a file beside the sitemap.
      else if (ADDRESS.test(entry)) finds.add(entry, undefined);
      else finds.leave("not_a_url");
    }
  }
  if (kind === undefined) throw new DocumentError("has nothing but comments");
  if (kind === "robots" && finds.documents.length === 0)
    throw new DocumentError("is a robots.txt without a Sitemap line");
};

/** Its first line tells. @throws DocumentError */
function kindOf(entry: string): "addresses" | "robots" {
  if (ADDRESS.test(entry)) return "addresses";
  if (RECORD.test(entry)) return "robots";
  throw new DocumentError("is no sitemap: neither XML, nor a list of URLs, nor a robots.txt");
}

/** A sitemap that `robots.txt` names: https://www.sitemaps.org/protocol.html#submit_robots */
function takeRecord(entry: string, base: string | undefined, finds: Finds): void {
  const [, name = "", value = ""] = RECORD.exec(entry) ?? [];
  if (name.toLowerCase() === "sitemap" && value.trim() !== "") finds.lead(value, base, { type: "sitemap" });
}
