import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Edge } from "../edge/edge.ts";
import type { LabRow } from "../lab/part.ts";
import { firstOf, wantedRow } from "./wanted.ts";

type Claim = Pick<TaskResult, "pop" | "url" | "outcome" | "warning" | "address" | "addresses">;

/** Compares what the agents claim with what the edge's caches have. It counts over all parts of the lab. */
export class Claims {
  private found = 0;

  /** How many tasks were called warm that are not. */
  get falseWarm(): number {
    return this.found;
  }

  /** The row of a request: every `warm` is held where it was seen, and no `hit` is of an object that is kept nowhere. */
  row(what: string, results: readonly Claim[], edge: Pick<Edge, "holders" | "addressesOf">): LabRow {
    const warm = results.filter(({ outcome }) => outcome === "warm");
    // One with a warning claims nothing of what is kept.
    const hits = results.filter(({ outcome, warning }) => outcome === "hit" && warning === undefined);
    const falseWarm = warm.filter((claim) => !isHeld(claim, edge));
    const falseHits = hits.filter(({ url }) => edge.holders(pathOf(url)).length === 0);
    this.found += falseWarm.length;
    const names = [...falseWarm, ...falseHits].map(({ pop, url, outcome }) => `${outcome} ${pathOf(url)} at ${pop}`);
    const saw = `${warm.length} warm, ${falseWarm.length} of them false; ${hits.length} hit, ${falseHits.length} of them false`;
    return wantedRow(
      `${what}: what is claimed is true`,
      "0 false",
      names.length === 0 ? saw : `${saw}: ${firstOf(names)}`,
      [...warm.map((it) => !falseWarm.includes(it)), ...hits.map((it) => !falseHits.includes(it))],
    );
  }
}

/** With `verify: addresses` it must be held at every address of the POP, else where the answer came from. */
function isHeld({ pop, url, address, addresses }: Claim, edge: Pick<Edge, "holders" | "addressesOf">): boolean {
  const held = new Set(edge.holders(pathOf(url)).flatMap((it) => (it.layer === "pop" ? [it.address] : [])));
  const claimed = addresses === undefined ? [address ?? ""] : edge.addressesOf(pop);
  return claimed.every((it) => held.has(it));
}

/** Path and query of a URL, as the edge knows it. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
