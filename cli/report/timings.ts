import type { Readable } from "node:stream";
import type { RecTimings, Spread } from "../../console/report/for-command.js";
import { taskRows } from "./task-rows.ts";

/**
 * How long the good tasks of each REC took, those of most tasks first. Of millions of rows, two numbers each are kept.
 * @param csv the file of all results
 * @param recs the REC of each POP; a POP that is not there is of a REC that is not known
 */
export async function timingsOf(csv: Readable, recs: ReadonlyMap<string, string | null>): Promise<RecTimings[]> {
  const groups = new Map<string | null, Group>();
  let columns: readonly string[] | undefined;
  for await (const rows of taskRows(csv))
    for (const row of rows) {
      if (columns === undefined) columns = row;
      else add(groups, recs, row, columns);
    }
  return [...groups]
    .map(([rec, { tasks, firstByte, whole }]) => ({
      rec,
      tasks,
      ...(firstByte.length === 0 ? {} : { firstByte: spreadOf(firstByte) }),
      ...(whole.length === 0 ? {} : { whole: spreadOf(whole) }),
    }))
    .sort((a, b) => b.tasks - a.tasks);
}

interface Group {
  tasks: number;
  readonly firstByte: number[];
  readonly whole: number[];
}

function add(
  groups: Map<string | null, Group>,
  recs: ReadonlyMap<string, string | null>,
  row: readonly string[],
  columns: readonly string[],
): void {
  const field = (name: string) => row[columns.indexOf(name)] ?? "";
  if (field("ok") !== "true") return;
  const rec = recs.get(field("pop")) ?? null;
  const its = groups.get(rec) ?? { firstByte: [], whole: [], tasks: 0 };
  groups.set(rec, its);
  its.tasks++;
  if (field("first_byte_ms") !== "") its.firstByte.push(Number(field("first_byte_ms")));
  if (field("ms") !== "") its.whole.push(Number(field("ms")));
}

function spreadOf(values: number[]): Spread {
  values.sort((a, b) => a - b);
  const quantile = (share: number) => values[Math.ceil(values.length * share) - 1] ?? 0;
  return { median: quantile(0.5), p95: quantile(0.95) };
}
