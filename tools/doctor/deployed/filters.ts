import { cannotTell, fail, type Judgement, ok } from "../judgement.ts";
import { resourcesOf, type Template } from "../readers/template.ts";
import type { EventSource } from "./event-sources.ts";
import { shortName } from "./short-name.ts";

/** Whether the streams filter as the template says. A filter that somebody changed by hand loses records in silence. */
export function judgeFilters(template: Template, sources: readonly EventSource[]): Judgement {
  const wanted = resourcesOf(template, "AWS::Lambda::EventSourceMapping");
  const missing = wanted.filter(([id]) => !sources.some(({ logicalId }) => logicalId === id)).map(([id]) => id);
  if (missing.length > 0)
    return cannotTell(`${missing.map(shortName).join(", ")} could not be asked`, "look at the stack's resources");
  const odd = wanted.filter(([id, properties]) => {
    const actual = sources.find(({ logicalId }) => logicalId === id)?.mapping.FilterCriteria;
    return patterns(actual) !== patterns(properties["FilterCriteria"]);
  });
  if (odd.length > 0) {
    const says = `${odd.map(([id]) => shortName(id)).join(", ")}: the filter is not the template's`;
    return fail(says, "deploy again after `aws cloudformation detect-stack-drift`, or set the filter back");
  }
  return ok(`the filters of all ${wanted.length} streams are those of the template`);
}

/** The patterns whatever their order, and whatever their spaces and the order of their keys. */
function patterns(criteria: unknown): string {
  if (typeof criteria !== "object" || criteria === null || !("Filters" in criteria)) return "[]";
  if (!Array.isArray(criteria.Filters)) return "[]";
  const found = criteria.Filters.map((filter: unknown) =>
    typeof filter === "object" && filter !== null && "Pattern" in filter ? canonical(filter.Pattern) : "?",
  );
  return JSON.stringify(found.sort());
}

function canonical(pattern: unknown): string {
  try {
    return JSON.stringify(sorted(JSON.parse(String(pattern))));
  } catch {
    return String(pattern);
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
