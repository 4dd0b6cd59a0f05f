import { recOf } from "../../../domain/pops/sites.ts";
import { edgeLike, readEvidence } from "../../local/edge-like.ts";
import { EVIDENCE_FOLDER } from "../../local/paths.ts";
import { endsAs, noTaskLost, nothingLeft } from "../check/tasks.ts";
import { claimsAreTrue } from "../check/warmth.ts";
import type { Scenario } from "../engine/scenario.ts";
import { request } from "../load/requests.ts";

/** Files of evidence, and what must be claimed at an edge that is like each. */
const LIKE = [
  { file: "documented", claimed: "warm" },
  { file: "own-caches", claimed: "warm" },
  { file: "no-server-timing", claimed: "hit" },
] as const;

/** URLs are warmed at edges that behave as evidence shows. */
export const EDGES_LIKE: readonly Scenario[] = LIKE.map(({ file, claimed }) => ({
  name: `edge-${file}`,
  isSeeded: false,
  description: `URLs are warmed at an edge that is like the evidence of tools/local/evidence/${file}.json.`,
  parts: (scale) => {
    const evidence = readEvidence(`${EVIDENCE_FOLDER}${file}.json`);
    const pops = evidence.pops.map(({ pop }) => ({ pop, rec: recOf(pop) ?? "none" }));
    const { site: _, faults: __, ...edge } = edgeLike(evidence, { pops, site: {} });
    const files = Object.fromEntries(
      Array.from({ length: scale.of(20, 2) }, (_, i) => [`/css/${i}.css`, { size: 20_000 }]),
    );
    // Every POP of an edge that was asked resolves, but for those that did not.
    const alive = pops.map(({ pop }) => pop).filter((pop) => !edge.deadPops.includes(pop));
    return {
      world: { edge },
      load: [request({ name: file, files, pops: alive, body: { instance_count: 1 } })],
      checks: [endsAs(file, "FINISHED"), noTaskLost(file), claimsAreTrue(file, claimed), nothingLeft],
    };
  },
}));
