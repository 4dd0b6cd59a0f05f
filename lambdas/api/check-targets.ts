import { knownNames, selectPops, suggestPops, type TargetType } from "../../domain/pops/select.ts";
import { abbreviate } from "./abbreviate.ts";
import type { PrewarmBody } from "./prewarm-body.ts";

const LISTS = { pop: "pops", country: "countries", region: "regions" } as const satisfies Record<TargetType, string>;

const TARGET_TYPES = ["pop", "country", "region"] as const satisfies readonly TargetType[];

/** An answer must fit what Lambda may return, however much nonsense was asked for. */
const MAX_NAMED = 50;

export function checkTargets(body: PrewarmBody, problems: string[]): { pops: string[]; warnings: string[] } {
  const filled = TARGET_TYPES.filter((it) => (body[LISTS[it]] ?? []).length > 0);
  const filledLists = filled.map((it) => LISTS[it]).join(", ");
  if (body.target_type === undefined && filled.length > 1) {
    problems.push(
      `target_type: is needed, because several lists are filled: ${filledLists}; one of ${filled.join(", ")}`,
    );
    return { pops: [], warnings: [] };
  }
  const type = body.target_type ?? filled[0] ?? "pop";
  const ignored = filled.filter((it) => it !== type).map((it) => LISTS[it]);
  const { pops, unknown } = selectPops(type, body[LISTS[type]] ?? []);
  if (unknown.length > 0) {
    const near = type === "pop" ? [...new Set(unknown.slice(0, MAX_NAMED).flatMap(suggestPops))] : [];
    const known = near.length > 0 ? `known there: ${near.join(", ")}` : `known: ${knownNames(type).join(", ")}`;
    const named = unknown.slice(0, MAX_NAMED).map((name) => `'${abbreviate(name)}'`);
    const more = unknown.length > MAX_NAMED ? ` and ${unknown.length - MAX_NAMED} more` : "";
    problems.push(`${LISTS[type]}: unknown ${named.join(", ")}${more}; ${known}`);
  }
  const warnings = ignored.map((list) => `${list}: ignored, because target_type is ${type}`);
  return { pops, warnings };
}
