import { MAX_LINE_LENGTH } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document-error.ts";

/** So many characters tell a page from a document; blank ones before them are skipped up to this. */
const ENOUGH = 64;
const MAX_BLANKS = 10_000;
const HTML = /^\s*<(?:!doctype\s+html|html|head|body)\b/i;

/**
 * The text of a document, piece by piece, without its byte order mark.
 * @throws DocumentError if it is not UTF-8, or an HTML page: what servers answer instead of what they do not have
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let start: string | undefined = "";
  for await (const piece of decoded(bytes)) {
    if (start === undefined) {
      yield piece;
      continue;
    }
    start += piece;
    if (start.trimStart().length < ENOUGH && start.length < MAX_BLANKS) continue;
    yield noHtml(start);
    start = undefined;
  }
  if (start !== undefined) yield noHtml(start);
}

/** The lines of a text, some at a time, without their ends. @throws DocumentError for a line that is too long */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string[], void, undefined> {
  let rest = "";
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) throw new DocumentError(`has a line of more than ${MAX_LINE_LENGTH} characters`);
    yield lines.map(withoutReturn);
  }
  yield [withoutReturn(rest)];
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of bytes) yield decode(decoder, chunk);
  yield decode(decoder);
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new DocumentError("is not UTF-8");
  }
}

function noHtml(start: string): string {
  if (HTML.test(start)) throw new DocumentError("is an HTML page");
  return start;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
