import { SaxesParser } from "saxes";
import { MAX_NESTING } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document-error.ts";

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
export async function readXml(text: AsyncIterable<string>, { open, close }: XmlEvents): Promise<void> {
  const parser = new SaxesParser({ position: false, xmlns: false });
  const texts: string[] = [];
  const add = (piece: string) => {
    const last = texts.length - 1;
    if (last >= 0) texts[last] += piece;
  };
  parser.on("doctype", () => fail("has a DOCTYPE, which is refused"));
  // Its message quotes names of the document.
  parser.on("error", ({ message }) =>
    fail(
      message.includes("entity") ? "has an entity that XML does not know, which is refused" : "is not well-formed XML",
    ),
  );
  parser.on("opentag", ({ name, attributes }) => {
    if (texts.push("") > MAX_NESTING) fail(`has elements that are nested deeper than ${MAX_NESTING}`);
    open(local(name), attributes);
  });
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", ({ name }) => close(local(name), (texts.pop() ?? "").trim()));
  for await (const piece of text) parser.write(piece);
  parser.close();
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function fail(problem: string): never {
  throw new DocumentError(problem);
}
