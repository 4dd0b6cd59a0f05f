import type { Row } from "./compare.ts";

/** What was seen of one stack: a line for each type, and a line for each fault below it. */
export function table(stackName: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ type }) => type.length));
  const lines = rows.flatMap(({ type, inTemplate, standing, gap, faults }) => [
    `  ${type.padEnd(width)}  ${`${standing} of ${inTemplate}`.padStart(8)}  ${gap === undefined ? "" : `(${gap.why})`}`.trimEnd(),
    ...faults.map((fault) => `    FAULT: ${fault}`),
  ]);
  return [stackName, ...lines].join("\n");
}

/** Counts over all stacks, in one line. */
export function summary(rows: readonly Row[], otherFaults: number): string {
  const sum = (count: (row: Row) => number) => rows.reduce((total, row) => total + count(row), 0);
  const wanted = sum(({ inTemplate }) => inTemplate);
  const stood = sum(({ standing }) => standing);
  const passedOver = sum(({ inTemplate, gap }) => (gap?.lacks === "resource" ? inTemplate : 0));
  const faults = sum(({ faults }) => faults.length) + otherFaults;
  return `moto: ${stood} of ${wanted} resources stood, ${passedOver} are of types that it cannot do, ${faults} faults`;
}
