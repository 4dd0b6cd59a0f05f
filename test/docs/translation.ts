import { anchors } from "./markdown.ts";

/** The fenced blocks of a Markdown document, without what may be translated in them. */
export function codeOf(text: string): string[] {
  return [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].map(([, kind = "", body = ""]) => skeleton(kind, body));
}

/** A shell's comments and a diagram's labels may be translated; all else is the same in every language. */
function skeleton(kind: string, body: string): string {
  if (kind === "sh") return `${kind}\n${body.replaceAll(/(^|[ \t]+)# .*$/gm, " #")}`;
  if (kind === "mermaid") return `${kind}\n${body.replaceAll(/"[^"\n]*"/g, '""')}`;
  return `${kind}\n${body}`;
}

/** Which heading of a document has this anchor, counted from 0; -1 if none has. */
export function headingNumber(text: string, anchor: string): number {
  return [...anchors(text)].indexOf(anchor);
}
