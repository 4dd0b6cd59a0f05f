import type { LabRow } from "../lab/part.ts";

/** A row that says what was wanted and what was seen. @param holds each thing that was tried */
export function wantedRow(what: string, wanted: string, saw: string, holds: readonly boolean[]): LabRow {
  return { what, saw: `wanted ${wanted}; saw ${saw}`, tried: holds.length, wrong: holds.filter((it) => !it).length };
}

/** How often each text stands in the list: `4 × not_kept, 1 × warm`; `nothing` for none. */
export function counted(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} × ${text}`).join(", ") || "nothing";
}

/** The first few of many, for a line of the table. */
export function firstOf(texts: readonly string[], most = 2): string {
  const rest = texts.length > most ? ` and ${texts.length - most} more` : "";
  return `${texts.slice(0, most).join("; ")}${rest}`;
}
