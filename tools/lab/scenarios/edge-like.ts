import { recOf } from "../../../domain/pops/sites.ts";
import { edgeLike, readEvidence } from "../../local/edge-like.ts";
import { EVIDENCE_FOLDER } from "../../local/paths.ts";
import { endsAs, noTaskLost, nothingLeft } from "../check/tasks.ts";
import { claimsAreTrue } from "../check/warmth.ts";
import type { Scenario } from "../engine/scenario.ts";
import { request } from "../load/requests.ts";

/** Files of evidence of tools/local/evidence/, and what must be claimed at an edge that is like each. */
const LIKE = [
  { file: "documented", shows: "what AWS documents", claimed: "warm" },
  { file: "own-caches", shows: "a cache for each address and a dead POP", claimed: "warm" },
  { file: "no-server-timing", shows: "no Server-Timing and a REC for each POP", claimed: "hit" },
] as const;

/** URLs are warmed at edges that behave as evidence shows. */
export const EDGES_LIKE: readonly Scenario[] = LIKE.map(({ file, shows, claimed }) => ({
  name: `edge-${file}`,
  isSeeded: false,
  description: `URLs are warmed at an edge that is like evidence of ${shows}.`,
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
