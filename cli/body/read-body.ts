import * as z from "zod";
import { CommandError } from "../command-error.ts";
import type { Shell } from "../shell.ts";
import { type Body, bodyOf, type RequestWords } from "./body.ts";
import { readText } from "./read-text.ts";
import { regionsOf } from "./regions.ts";
import { documentsAmong } from "./sources.ts";
import { urlLines } from "./url-lines.ts";

/** Words that name files. */
export interface FileWords extends RequestWords {
  /** Regions of POPs. */
  readonly region?: readonly string[];
  /** A body of POST /prewarm, or a list of URLs. */
  readonly from?: string;
  /** Lists of URLs. */
  readonly file?: readonly string[];
}

const STDIN = "-";
const USE_BODY =
  "Use a body of POST /prewarm (see docs/api.md) as JSON without comments, or a list of URLs, one per line.";

const bodySchema = z.record(z.string(), z.unknown());

/**
 * The body that the command line and the files that it names make.
 * @returns also lines that say which URLs are read as documents
 * @throws CommandError
 */
export async function readBody(
  shell: Pick<Shell, "cwd" | "stdin">,
  urls: readonly string[],
  words: FileWords,
): Promise<{ readonly body: Body; readonly told: readonly string[] }> {
  const { from } = words;
  const files = [...(words.file ?? []), ...urls.filter((url) => url === STDIN)];
  if ([from, ...files].filter((it) => it === STDIN).length > 1)
    throw new CommandError("stdin can be read only once", "Use - only once: as a URL, for --file or for --from.");
  const texts = await Promise.all(files.map((file) => readText(shell, "--file", file)));
  const fromText = from === undefined ? "" : await readText(shell, "--from", from);
  const isFromFile = JSON_START.test(fromText);
  const base = isFromFile ? parse(fromText, from ?? "") : {};
  if (from !== undefined && !isFromFile && urlLines(fromText).length === 0)
    throw new CommandError(
      from === STDIN ? "--from: stdin has no URL and no body" : `--from: '${from}' has no URL and no body`,
      USE_BODY,
    );
  if (!isFromFile) texts.push(fromText);
  const { others, told, ...found } = documentsAmong(urls.filter((url) => url !== STDIN));
  const { sitemap = [], hls = [], dash = [] } = words;
  const documents = {
    sitemap: [...sitemap, ...found.sitemap],
    hls: [...hls, ...found.hls],
    dash: [...dash, ...found.dash],
  };
  const body = bodyOf(base, [...others, ...texts.flatMap(urlLines)], regionsOf(words.region ?? []), {
    ...words,
    ...documents,
  });
  return { body, told };
}

/** How JSON begins, also one that is no body or has comments. No URL does. */
const JSON_START = /^[\uFEFF\s]*[{["/]/;

function parse(text: string, file: string): Body {
  try {
    return bodySchema.parse(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : "it is not a JSON object";
    throw new CommandError(`--from ${file}: ${why}`, USE_BODY, { cause: error });
  }
}
