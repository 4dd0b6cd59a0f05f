import type { ReportedResult } from "../../../domain/result/report.ts";
import { type Check, type ObservedRequest, ofRequest } from "../engine/scenario.ts";
import { examples } from "./tasks.ts";

/**
 * What the agents claim is true: every `warm` is held where it was seen, every `regional` is held by a REC, and no `hit` is of an object that is
 * kept nowhere.
 * @param claimed what must be claimed at least once: a run that claims nothing has shown nothing
 */
export function claimsAreTrue(name: string, claimed: "warm" | "hit"): Check {
  return ofRequest(name, "what is claimed is true", ({ results, holders }) => {
    const warm = results.filter(({ outcome }) => outcome === "warm");
    // One with a warning claims nothing of what is kept.
    const hits = results.filter(({ outcome, warning }) => outcome === "hit" && warning === undefined);
    const falseWarm = warm.filter((it) => !isHeld(it, holders));
    const regional = results.filter(({ outcome, warning }) => outcome === "regional" && warning === undefined);
    const falseRegional = regional.filter(
      ({ url }) => !(holders.get(pathOf(url)) ?? []).some(({ layer }) => layer === "rec"),
    );
    const falseHits = hits.filter(({ url }) => (holders.get(pathOf(url)) ?? []).length === 0);
    return [
      ["false warm", falseWarm.length, "=", 0],
      ["false hits", falseHits.length, "=", 0],
      ["false regional", falseRegional.length, "=", 0],
      [claimed, (claimed === "warm" ? warm : hits).length, ">=", 1],
      [
        "such as",
        examples([...falseWarm, ...falseHits, ...falseRegional].map(({ pop, url }) => `${pathOf(url)} at ${pop}`)),
      ],
    ];
  });
}

/** Whether the POP's address that answered holds the object. */
export function isHeld({ url, address }: ReportedResult, holders: ObservedRequest["holders"]): boolean {
  return (holders.get(pathOf(url)) ?? []).some((it) => it.layer === "pop" && it.address === address);
}

/** How many tasks of a request are `warm`. */
export function warmTasks(name: string, which: "all" | "none"): Check {
  return ofRequest(name, `${which} of its tasks are warm`, ({ results, planned }) => {
    const warm = results.filter(({ outcome }) => outcome === "warm").length;
    return [["warm", warm, "=", which === "all" ? planned.size : 0]];
  });
}

/** Asked again as viewers do, every answer is a hit that names the edge. */
export function viewersGetHits(name: string): Check {
  return ofRequest(name, "asked again as viewers do", ({ viewers = { asked: 0, cold: [] } }) => [
    ["answers", viewers.asked, ">=", 1],
    ["no hits of the edge", viewers.cold.length, "=", 0],
    ["such as", examples(viewers.cold)],
  ]);
}

/** Path and query of a URL, as the edge knows it. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
