import type { PopCode } from "../../domain/pops/pop-codes.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS } from "../../domain/pops/regions.ts";
import type { Checked } from "./check-pops.ts";

/** What was found, as people read it, and as lines that stand in the catalogue or are to. @param known how many were asked for */
export function findingsOf({ asked, dead, found, unclear }: Checked, known: number): string[] {
  const sum = `${asked} names asked for: of ${known} known codes ${dead.length} dead, ${found.length} new, ${unclear.length} names unclear`;
  return [
    sum,
    ...part("Dead. Take these lines out of domain/pops/pop-codes.ts:", dead.map(deadLine)),
    ...part("New. Put these lines into `resolved` of domain/pops/pop-codes.ts, in order:", found.map(lineOf)),
    ...part(
      "Unclear: the DNS did not say. Ask again.",
      unclear.map(({ pop, why }) => `  ${pop} ${why}`),
    ),
  ];
}

function part(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", head, ...lines];
}

function lineOf(pop: string): string {
  return `    "${pop}",`;
}

/** A code in a default set is missed there too. */
function deadLine({ pop: dead, basis }: PopCode): string {
  const sets = Object.entries({ ...REGION_DEFAULTS, ...COUNTRY_DEFAULTS });
  const names = sets.filter(([, pops]) => pops.some((pop) => pop === dead)).map(([name]) => name);
  const others = names.length === 0 ? "" : `; also in regions.ts: ${names.join(", ")}`;
  return `${lineOf(dead)} // ${basis}${others}`;
}
