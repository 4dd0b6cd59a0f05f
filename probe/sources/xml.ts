import { SaxesParser } from "saxes";
import { MAX_ATTRIBUTES, MAX_LINE_LENGTH, MAX_NESTING } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document-error.ts";

const DOCTYPE = "has a DOCTYPE, which is refused";

export interface XmlEvents {
  /** An element begins. @param name without its prefix @param attributes with theirs */
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  /** An element ends. @param text all text that stands directly in it, trimmed */
  readonly close: (name: string, text: string) => void;
}

/**
 * Reads XML, one element after the other. Namespaces are not looked at: many sitemaps forget to declare theirs.
 * @throws DocumentError if it is not well-formed, or has a DOCTYPE, and so if it has any entity of its own
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
  private begun = false;
  private attributes = 0;
  /** Characters since the last tag. The parser holds them until the next one: a text, a comment, a value. */
  private held = 0;

  constructor(private readonly events: XmlEvents) {
    const { parser } = this;
    parser.on("doctype", () => fail(DOCTYPE));
    parser.on("error", ({ message }) => fail(problemOf(message)));
    parser.on("opentagstart", () => this.begin());
    parser.on("attribute", () => this.attribute());
    parser.on("opentag", ({ name, attributes }) => this.open(name, attributes));
    parser.on("text", (piece) => this.text(piece));
    parser.on("cdata", (piece) => this.text(piece));
    parser.on("closetag", ({ name }) => this.close(name));
  }

  read(piece: string): void {
    // The parser tells of it once it has read it to its end, which may be long.
    if (!this.begun && piece.includes("<!DOCTYPE")) fail(DOCTYPE);
    this.held += piece.length;
    this.parser.write(piece);
    if (this.held > MAX_LINE_LENGTH) fail(`has a text of more than ${MAX_LINE_LENGTH} characters`);
  }

  end(): void {
    this.parser.close();
  }

  private begin(): void {
    this.begun = true;
    this.attributes = 0;
    this.held = 0;
  }

  private attribute(): void {
    if (++this.attributes > MAX_ATTRIBUTES) fail(`has an element with more than ${MAX_ATTRIBUTES} attributes`);
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.texts.push("") > MAX_NESTING) fail(`has elements that are nested deeper than ${MAX_NESTING}`);
    this.events.open(local(name), attributes);
  }

  private text(piece: string): void {
    const last = this.texts.length - 1;
    if (last >= 0) this.texts[last] += piece;
  }

  private close(name: string): void {
    this.held = 0;
    this.events.close(local(name), (this.texts.pop() ?? "").trim());
  }
}

/** The parser's own words quote the document. */
function problemOf(message: string): string {
  return message.includes("entity")
    ? "has an entity that XML does not know, which is refused"
    : "is not well-formed XML";
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function fail(problem: string): never {
  throw new DocumentError(problem);
}
