// The hand-written readers of input that others control, each as one function of bytes.
import { open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { parse } from "csv-parse/sync";
import { ChunkedBody } from "../../agent/fetch/http/chunked-body.ts";
import { BadResponseError } from "../../agent/fetch/http/response-head.ts";
import { ResponseReader } from "../../agent/fetch/http/response-reader.ts";
import { CommandError } from "../../cli/command-error.ts";
import { Journal } from "../../cli/direct/store/journal.ts";
import { csvRow, textOfField } from "../../domain/csv.ts";
import { tierOf, upstreamOf } from "../../domain/result/outcome.ts";
import { FoundUrls } from "../../domain/sources/found-urls.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
import { prewarmBodySchema } from "../../domain/validation/bodies.ts";
import { checkBody, parseJson } from "../../domain/validation/parse-body.ts";
import { DocumentError, type Reader as DocumentReader, ExtractedUrls } from "../../probe/sources/document.ts";
import { textOf } from "../../probe/sources/document-stream.ts";
import { readDash } from "../../probe/sources/read-dash.ts";
import { readHls } from "../../probe/sources/read-hls.ts";
import { readSitemap } from "../../probe/sources/read-sitemap.ts";
import { readXml } from "../../probe/sources/xml.ts";
import { requestItem } from "../local/fake-request.ts";

/** The time that a document may take. A reader that ends by its signal then stays far below the limit of CPU time. */
const DOCUMENT_MS = 400;

/** A result that the reader must not have: the message states the rule. */
export class BrokenRule extends Error {}

export interface FuzzedReader {
  /** Inputs that it reads, as Latin-1. */
  readonly seeds: readonly string[];
  /** Texts that have a meaning for it. */
  readonly words: readonly string[];
  /**
   * Reads an input.
   * @param pieces the input, split
   * @returns plain data, equal however the input is split
   * @throws what {@link isTypedAnswer} accepts; anything else is a fault
   */
  readonly read: (pieces: readonly Buffer[]) => unknown;
}

/** Whether an error is the reader's own answer to bad input. */
export function isTypedAnswer(error: unknown): error is Error {
  return [DocumentError, BadResponseError, ApiError, CommandError].some((type) => error instanceof type);
}

async function* arriving<T>(pieces: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* pieces;
}

function document(reader: DocumentReader): FuzzedReader["read"] {
  return async (pieces) => {
    const found = new FoundUrls({
      request: requestItem({ header: [] }),
      caps: {},
      callerUrls: [],
      serves: () => true,
      sources: [],
    });
    const extracted = new ExtractedUrls(found, true);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new DocumentError("took too long")), DOCUMENT_MS);
    const context = { base: "https://a.test/d/", variables: {}, since: undefined, signal: controller.signal };
    try {
      await reader(textOf(arriving(pieces)), context, extracted);
    } finally {
      clearTimeout(timer);
    }
    for (const url of extracted.urls) if (!URL.canParse(url)) throw new BrokenRule("a URL that it gives is none");
    return [[...extracted.urls], extracted.documents, extracted.leftOut];
  };
}

async function xml(pieces: readonly Buffer[]) {
  const events: unknown[] = [];
  await readXml(textOf(arriving(pieces)), {
    open: (name, attributes) => events.push(name, { ...attributes }),
    close: (name, text) => events.push(name, text),
  });
  return events;
}

function response(pieces: readonly Buffer[]) {
  const reader = new ResponseReader({ onBytes: () => {} });
  for (const piece of pieces) if (reader.ended || reader.read(piece, piece.length)) break;
  reader.close();
  const { failure, firstByteMs: _, ...answer } = reader.answer;
  return { ...answer, reason: failure?.reason, code: failure?.code, ended: reader.ended };
}

function chunked(pieces: readonly Buffer[]) {
  const reader = new ChunkedBody();
  let [data, length] = [0, 0];
  for (const piece of pieces) {
    length += reader.read(piece, 0, piece.length, (bytes) => {
      data += bytes;
    });
    if (reader.ended) break;
  }
  return { data, length, ended: reader.ended };
}

/** Fields are divided by NUL. A field that is written and read again is the same. */
function csv(pieces: readonly Buffer[]) {
  const fields = ["first", ...Buffer.concat(pieces).toString("utf8").split("\0")];
  const [row = [], ...more] = parse(csvRow(fields)) as string[][];
  const read = row.map(textOfField);
  if (more.length > 0 || read.length !== fields.length || read.some((field, i) => field !== fields[i]))
    throw new BrokenRule("a row that is written and read again has other fields");
  return read.length;
}

function serverTiming(pieces: readonly Buffer[]) {
  const text = Buffer.concat(pieces).toString("latin1");
  return [tierOf(text), upstreamOf(text)];
}

function body(pieces: readonly Buffer[]) {
  return checkBody(prewarmBodySchema, parseJson(Buffer.concat(pieces).toString("utf8"), false));
}

async function journal(pieces: readonly Buffer[]) {
  const path = join(tmpdir(), `prewarm-fuzz-${process.pid}-${threadId}.jsonl`);
  const all = Buffer.concat(pieces);
  await writeFile(path, all);
  try {
    const results: unknown[] = [];
    const reader = new Journal(path);
    await reader.open();
    await reader.close();
    for await (const result of reader.newestFirst()) results.push(result);
    const file = await open(path);
    const { size } = await file.stat();
    await file.close();
    if (size !== all.lastIndexOf("\n") + 1) throw new BrokenRule("more or less than the last line is cut off");
    return results;
  } finally {
    await rm(path, { force: true });
  }
}

const RESULT = JSON.stringify({
  url: "https://a.test/b",
  pop: "SIN2-P1",
  ok: true,
  attempts: 1,
  bytes: 1,
  completed_at: "2024-04-16 03:10:21.405000",
});
const XML_WORDS = ["<![CDATA[", "]]>", "<!--", "-->", "<?xml?>", "&amp;", "&#65;", "&x", "<!DOCTYPE x>", "/>", '=""'];
const HTTP_WORDS = [
  "\r\n",
  "\n",
  "chunked",
  "Content-Length: 5",
  "Transfer-Encoding: ",
  "HTTP/1.1 103 A\r\n\r\n",
  "\t",
];

export const READERS: Readonly<Record<string, FuzzedReader>> = {
  mpd: {
    seeds: [
      '<MPD type="static" mediaPresentationDuration="PT10S"><Period><SegmentTemplate media="$Number$" duration="10" a=""/><AdaptationSet><SegmentTemplate media="$Number$" duration="10" b=""/><Representation/><Representation/></AdaptationSet></Period></MPD>',
      '<MPD mediaPresentationDuration="PT1M"><BaseURL>x/</BaseURL><Period start="PT1S"><AdaptationSet><SegmentTemplate media="$RepresentationID$-$Time%05d$.m4s" initialization="i" timescale="10"><SegmentTimeline><S t="0" d="20" r="3"/><S d="5" r="-1"/></SegmentTimeline></SegmentTemplate><Representation id="v" bandwidth="9"/></AdaptationSet></Period></MPD>',
      '<MPD><Period><AdaptationSet><Representation><SegmentList duration="1"><Initialization sourceURL="i"/><SegmentURL media="a"/></SegmentList></Representation></AdaptationSet></Period></MPD>',
    ],
    words: [
      ...XML_WORDS,
      "<Period>",
      "$Number%09d$",
      "$Time$",
      "$$",
      'r="-1"',
      "PT9999999999H",
      "99999999999999999999",
    ],
    read: document(readDash),
  },
  m3u8: {
    seeds: [
      '#EXTM3U\n#EXT-X-DEFINE:NAME="a",VALUE="b"\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="x,y"\n{$a}.m3u8\n#EXT-X-MEDIA:TYPE=AUDIO,URI="c.m3u8"\n',
      '#EXTM3U\n#EXT-X-MAP:URI="i.mp4"\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:4,\na.ts\n#EXT-X-GAP\n#EXTINF:4,\nb.ts\n#EXT-X-ENDLIST\n',
    ],
    words: ["{$a}", '"', ",", "\n", "=", "#EXT-X-", "#EXTINF:1,\n", "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n", 'IMPORT="a"'],
    read: document(readHls),
  },
  sitemap: {
    seeds: [
      "<urlset><url><loc>https://a.test/1</loc><lastmod>2024-01-01</lastmod><image:image><image:loc>/i</image:loc></image:image></url></urlset>",
      "<sitemapindex><sitemap><loc>/s.xml</loc></sitemap></sitemapindex>",
      '<rss><channel><item><link>/x</link><enclosure url="/e"/></item></channel></rss>',
      '<feed><entry><link rel="alternate" href="/x"/><updated>2024-01-01</updated></entry></feed>',
      "User-agent: *\nSitemap: https://a.test/s.xml\n",
      "https://a.test/1\nhttps://a.test/2\n",
    ],
    words: [...XML_WORDS, "<loc>", "Sitemap:", "\n", "\ufeff"],
    read: document(readSitemap),
  },
  xml: {
    seeds: ['<?xml version="1.0"?>\n<a b="c"><d:e>text &amp; <![CDATA[<x>]]></d:e><!-- note --></a>'],
    words: XML_WORDS,
    read: xml,
  },
  head: {
    seeds: [
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Cache: Hit from cloudfront\r\nX-Amz-Cf-Pop: SIN2-P1\r\n\r\nok",
      "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ],
    words: HTTP_WORDS,
    read: response,
  },
  chunked: {
    seeds: ['5;a=b;c="d;\\"e"\r\nhello\r\n0\r\nX: 1\r\n\r\n'],
    words: [...HTTP_WORDS, ';a="', "FFFFFFFFFFFFF", "0\r\n", "\\"],
    read: chunked,
  },
  "server-timing": {
    seeds: [
      'cdn-upstream-layer;desc="REC",cdn-upstream-dns;dur=0,cdn-pop;desc="SIN2-P1",cdn-rid;desc="a==",cdn-cache-miss',
      'cdn-cache-hit,cdn-pop;desc="SIN2-P1",cdn-hit-layer;desc="EDGE"',
    ],
    words: ['desc="', "cdn-hit-layer", "cdn-upstream-layer", ";", ",", "\\", " "],
    read: serverTiming,
  },
  csv: {
    seeds: ["a\0=b;'c\0\"d\ne", "'=1\0 +2\t-3"],
    words: ["'", '"', "=", ";", "\r\n", "\0", "\u2028", "@"],
    read: csv,
  },
  body: {
    seeds: [
      '{"url_list":["https://a.test/b"],"target_type":"region","pops":["SIN2-P1"],"header":["Accept: x"],"need_invalidate":false,"timeout":60,"instance_count":1}',
      '{"cf_domain":"a.test","sources":[{"type":"hls","url":"https://a.test/c"}],"variants":[{"name":"v","header":["A: b"]}],"invalidate":{"paths":["/*"],"tags":["t"]},"timeout":60,"instance_count":1}',
    ],
    words: ["[", "{", '"a":', "\\u0000", "//", "1e999", "null", "__proto__", "https://a.test/*"],
    read: body,
  },
  journal: { seeds: [`${RESULT}\n${RESULT}\n{"part`], words: ["\n", "{", "null\n", RESULT, "\r"], read: journal },
};
