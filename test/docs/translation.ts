import { anchors, prose } from "./markdown.ts";

/** What two languages of a document must have in common. */
export interface Shape {
  /** Levels of the headings, in their order. */
  readonly headings: readonly number[];
  /** Fenced blocks, without what may be translated in them. */
  readonly code: readonly string[];
  readonly tables: readonly TableShape[];
}

interface TableShape {
  readonly columns: number;
  /** Of each row, the head with it: the words in backticks in its first cell. */
  readonly firstWords: readonly (readonly string[])[];
}

/** The shape of a Markdown document. */
export function shapeOf(text: string): Shape {
  return {
    headings: [...prose(text).matchAll(/^(#{1,6}) /gm)].map(([, marks = ""]) => marks.length),
    code: [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].map(([, kind = "", body = ""]) =>
      skeleton(kind, body),
    ),
    tables: [...prose(text).matchAll(/(?:^\|.*\|$\n?)+/gm)].map(([rows]) => tableShape(rows.trimEnd().split("\n"))),
  };
}

/** A shell's comments and a diagram's labels may be translated; all else is the same in every language. */
function skeleton(kind: string, body: string): string {
  if (kind === "sh") return `${kind}\n${body.replaceAll(/(^|[ \t]+)# .*$/gm, " #")}`;
  if (kind === "mermaid") return `${kind}\n${body.replaceAll(/"[^"\n]*"/g, '""')}`;
  return `${kind}\n${body}`;
}

function tableShape(rows: readonly string[]): TableShape {
  const cells = rows.map((row) => row.slice(1, -1).split(/(?<!\\)\|/));
  const words = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
  return { columns: cells[0]?.length ?? 0, firstWords: cells.map(([first = ""]) => words(first)) };
}

/** Which heading of a document has this anchor, counted from 0; -1 if none has. */
export function headingNumber(text: string, anchor: string): number {
  return [...anchors(text)].indexOf(anchor);
}
