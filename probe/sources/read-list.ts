import { DocumentError, type Reader } from "./document.ts";
import { linesOf } from "./document-stream.ts";

/** Begins a page or a file of data: its lines would all be taken for names of files. */
const NO_LIST = /^[<{[]/;

/** One URL a line. Blank lines, and those that begin with `#`, say nothing. */
export const readList: Reader = async (text, { base }, finds) => {
  let first = true;
  for await (const lines of linesOf(text)) {
    for (const line of lines) {
      const reference = line.trim();
      if (reference === "" || reference.startsWith("#")) continue;
      if (first && NO_LIST.test(reference)) throw new DocumentError("is not a list of URLs, one a line");
      first = false;
      finds.add(reference, base);
    }
  }
};
