import type { Share } from "./share.ts";

const COLUMNS: readonly [heading: string, (share: Share) => string][] = [
  ["POP", ({ pop }) => pop],
  ["series", ({ series }) => series],
  ["step", ({ step }) => step],
  ["address", ({ address, addresses }) => `${address + 1}/${addresses}`],
  ["asked", ({ way }) => way],
  ["status", ({ status, error }) => (status === undefined ? (error ?? "-") : String(status))],
  ["x-cache", ({ xCache }) => xCache?.replace(/ from cloudfront$/i, "") ?? "-"],
  ["tier", ({ tier }) => tier ?? "-"],
  ["age", ({ age }) => String(age ?? "-")],
  ["ms", ({ firstByteMs }) => String(firstByteMs ?? "-")],
  ["bytes", ({ bytes }) => String(bytes ?? "-")],
];

/** How the servers of a POP share what they have, one line for each question. Empty: there is nothing to show. */
export function tableOf(shares: readonly Share[]): string {
  if (shares.length === 0) return "";
  const rows = [COLUMNS.map(([heading]) => heading), ...shares.map((share) => COLUMNS.map(([, cell]) => cell(share)))];
  const widths = COLUMNS.map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
