import { SaxesParser } from "saxes";
import { MAX_ATTRIBUTES, MAX_LINE_LENGTH, MAX_NESTING } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document.ts";

/** An `&` that does not begin a reference, as in `?a=1&b=2`. At the end of a piece, a reference may be incomplete. */
const UNESCAPED = /&(?!#\d+;|#x[\da-f]+;|[a-z_:][\w:.-]*;|[#\w:.-]*$)/i;
const LINE_END = /\r\n?|\n/g;

interface XmlEvents {
  /** An element begins. @param name without its prefix @param attributes with theirs */
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  /** An element ends. @param text all text that stands directly in it, trimmed */
  readonly close: (name: string, text: string) => void;
}

/**
 * Reads XML as a stream of elements. Namespaces are ignored, because many sitemaps do not declare theirs. White space before the
 * XML declaration is accepted, because many templates emit it.
 * @throws DocumentError if it is not well-formed or has a DOCTYPE, which custom entities need
 */
export async function readXml(text: AsyncIterable<string>, events: XmlEvents): Promise<void> {
  const document = new Document(events);
  for await (const piece of text) document.read(piece);
  document.end();
}

class Document {
  private readonly parser = new SaxesParser({ position: false, xmlns: false });
  /** Of the elements that are open. */
  private readonly texts: string[] = [];
  private attributes = 0;
  /** Characters since the last tag. The parser holds them until the next one: a text, a comment, a value. */
  private held = 0;
  /** Line ends in the white space before the document, which the parser does not receive. */
  private linesBefore = 0;
  /** Position of the parser's last event. An error is after it. */
  private last = { position: 0, line: 1 };
  /** The text that the parser received last, from a position at or before `last`. */
  private recent = { text: "", from: 0 };

  constructor(private readonly events: XmlEvents) {
    const { parser } = this;
    parser.on("doctype", () => fail("has a DOCTYPE, which is refused"));
    parser.on("error", ({ message }) => fail(this.problemOf(message)));
    parser.on("opentagstart", () => this.begin());
    parser.on("attribute", () => this.attribute());
    parser.on("opentag", ({ name, attributes }) => this.open(name, attributes));
    parser.on("text", (piece) => this.text(piece));
    parser.on("cdata", (piece) => this.text(piece));
    parser.on("closetag", ({ name }) => this.close(name));
    parser.on("comment", () => this.note());
    parser.on("processinginstruction", () => this.note());
  }

  read(text: string): void {
    const piece = this.parser.position === 0 ? this.trimmed(text) : text;
    if (piece === "") return;
    this.held += piece.length;
    this.recent.text += piece;
    this.parser.write(piece);
    const { text: all, from } = this.recent;
    if (this.last.position > from)
      this.recent = { text: all.slice(this.last.position - from), from: this.last.position };
    if (this.held > MAX_LINE_LENGTH) fail(this.unescaped() ?? `has a text of more than ${MAX_LINE_LENGTH} characters`);
  }

  end(): void {
    this.parser.close();
  }

  private trimmed(text: string): string {
    const piece = text.trimStart();
    this.linesBefore += lineEnds(text.slice(0, text.length - piece.length));
    return piece;
  }

  private note(): void {
    const { position, line } = this.parser;
    this.last = { position, line };
  }

  private begin(): void {
    this.note();
    this.attributes = 0;
    this.held = 0;
  }

  private attribute(): void {
    this.note();
    if (++this.attributes > MAX_ATTRIBUTES) fail(`has an element with more than ${MAX_ATTRIBUTES} attributes`);
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.texts.push("") > MAX_NESTING) fail(`has elements that are nested deeper than ${MAX_NESTING}`);
    this.events.open(local(name), attributes);
  }

  private text(piece: string): void {
    this.note();
    const last = this.texts.length - 1;
    if (last >= 0) this.texts[last] += piece;
  }

  private close(name: string): void {
    this.note();
    this.held = 0;
    this.events.close(local(name), (this.texts.pop() ?? "").trim());
  }

  /** The parser's own message is not used: it quotes the document. */
  private problemOf(message: string): string {
    const line = this.parser.line + this.linesBefore;
    const known = message.includes("entity")
      ? `has an entity that XML does not know (line ${line}), which is refused`
      : `is not well-formed XML (line ${line})`;
    return this.unescaped() ?? known;
  }

  /**
   * The message for an unescaped `&`, if that caused the error. The parser takes all text up to the next `;` for
   * the name of an entity, be it many lines below, or finds none up to the document's end.
   */
  private unescaped(): string | undefined {
    const { text, from } = this.recent;
    const read = text.slice(this.last.position - from, this.parser.position - from);
    const at = read.search(UNESCAPED);
    // In an unclosed comment or CDATA section, `&` needs no escape.
    if (at === -1 || /<!--|<!\[CDATA\[/.test(read.slice(0, at))) return undefined;
    const line = this.last.line + lineEnds(read.slice(0, at)) + this.linesBefore;
    return `has an unescaped & in line ${line}; write &amp;`;
  }
}

function lineEnds(text: string): number {
  return text.match(LINE_END)?.length ?? 0;
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function fail(problem: string): never {
  throw new DocumentError(problem);
}
