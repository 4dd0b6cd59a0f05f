import type { Readable } from "node:stream";
import type { RecTimings, Spread } from "../../console/report/for-command.js";
import { Quantiles } from "./quantiles.ts";
import { taskRows } from "./task-rows.ts";

/**
 * How long the good tasks of each REC took, those of most tasks first. Of millions of rows none is kept.
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
      ...(firstByte.total === 0 ? {} : { firstByte: spreadOf(firstByte) }),
      ...(whole.total === 0 ? {} : { whole: spreadOf(whole) }),
    }))
    .sort((a, b) => b.tasks - a.tasks);
}

interface Group {
  tasks: number;
  readonly firstByte: Quantiles;
  readonly whole: Quantiles;
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
  const its = groups.get(rec) ?? { firstByte: new Quantiles(), whole: new Quantiles(), tasks: 0 };
  groups.set(rec, its);
  its.tasks++;
  if (field("first_byte_ms") !== "") its.firstByte.add(Number(field("first_byte_ms")));
  if (field("ms") !== "") its.whole.add(Number(field("ms")));
}

function spreadOf(values: Quantiles): Spread {
  const [median, p95] = values.of([0.5, 0.95]);
  return { median, p95 };
}
