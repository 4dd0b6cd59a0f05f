import type { Units } from "../../domain/cost/work-time.ts";
import { readable } from "../bench/statistics.ts";
import { table } from "../markdown-table.ts";
import { type Bill, type Estimate, estimate } from "./estimate.ts";

const KINDS = [
  { name: "10 KB", bytes: 1e4 },
  { name: "1 MB", bytes: 1e6 },
  { name: "1 GB", bytes: 1e9 },
];
const SIZES = [1e4, 1e6, 1e8];

/** What docs/scaling.md has of time and money: unit costs, and two tables for each size of object. */
export function scalingTables(units: Units): string {
  return [unitTable(units), ...KINDS.map((kind) => kindTables(kind, units))].join("\n\n");
}

function unitTable(units: Units): string {
  return table(
    ["unit cost, measured", "value"],
    [
      ["agent, CPU a small task", `${readable(units.agentCpuMicros)} µs`],
      ["agent, large objects, one core", `${readable(units.largeMBPerSecond)} MB/s`],
      ["fan-out, one function", `${readable(units.fanOutTasksPerSecond)} tasks/s`],
      ["aggregation, CPU a record", `${readable(units.aggregationCpuMicros)} µs`],
      ["Get Size, one function", `${readable(units.getSizeUrlsPerSecond)} URLs/s`],
    ],
  );
}

function kindTables({ name, bytes }: (typeof KINDS)[number], units: Units): string {
  const rows = SIZES.map((tasks) => ({ tasks, ...estimate(tasks, bytes, units) }));
  const time = table(
    [
      ...["tasks", "instances", "time without boot", "the same, tables that are new"],
      ...["tasks/s", "messages", "first quota that binds"],
    ],
    rows.map((it) => [
      ...[power(it.tasks), String(it.instances), duration(it.seconds), duration(it.secondsWithNewTable)],
      ...[readable(it.tasks / it.seconds), readable(it.messages), bound(it)],
    ]),
  );
  const money = table(
    [
      "tasks",
      "SQS",
      "results",
      "counters",
      "Lambda",
      "instances",
      "Prewarm in all",
      "CloudFront's bytes",
      "its requests",
    ],
    rows.map(({ tasks, bill }) => [
      power(tasks),
      ...[bill.sqs, bill.table, bill.counters, bill.lambda, bill.instances, ownSum(bill)].map(dollars),
      ...[bill.edgeBytes, bill.edgeRequests].map(dollars),
    ]),
  );
  return `### Objects of ${name}\n\n${time}\n\n${money}`;
}

/** Without what CloudFront bills for the bytes. */
function ownSum({ sqs, table, counters, lambda, instances }: Bill): number {
  return sqs + table + counters + lambda + instances;
}

function bound({ binds: { name, used } }: Estimate): string {
  return used >= 0.995 ? `**${name}**` : `none; nearest: ${name}, ${readable(used * 100)}%`;
}

function power(tasks: number): string {
  return tasks.toExponential(0).replace("e+", " × 10^");
}

export function duration(seconds: number): string {
  if (seconds < 120) return `${readable(seconds)} s`;
  if (seconds < 7_200) return `${readable(seconds / 60)} min`;
  return seconds < 48 * 3_600 ? `${readable(seconds / 3_600)} h` : `${readable(seconds / 86_400)} days`;
}

export function dollars(value: number): string {
  return value < 0.01 ? "< $0.01" : `$${readable(value)}`;
}
