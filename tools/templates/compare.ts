import type { Gap } from "./moto-gaps.ts";
import type { Standing } from "./standing.ts";
import type { Template } from "./template.ts";

/** How the resources of one type fared in one stack. */
export interface Row {
  readonly type: string;
  readonly inTemplate: number;
  readonly standing: number;
  /** What moto is known to fall short of. */
  readonly gap: Gap | undefined;
  /** What is not as it should be. */
  readonly faults: readonly string[];
}

const STALE = "moto can do it after all: take it out of tools/templates/moto-gaps.ts";

/**
 * Each type of a template beside what stands of it. Faults are resources that do not stand, ids that are not told, and gaps
 * that moto no longer has.
 */
export function compare(
  template: Template,
  stands: ReadonlyMap<string, Standing>,
  gaps: readonly Gap[],
): readonly Row[] {
  const resources = Object.entries(template.Resources);
  const types = [...new Set(resources.map(([, { Type }]) => Type))].sort();
  return types.map((type) => {
    const all = resources.filter(([, { Type }]) => Type === type).map(([id]) => id);
    const made = all.filter((id) => stands.get(id)?.type === type);
    const named = made.filter((id) => stands.get(id)?.physicalId !== undefined);
    const gap = gaps.find((it) => it.type === type && it.lacks !== "deletion");
    return { type, inTemplate: all.length, standing: made.length, gap, faults: faults(all, made, named, gap?.lacks) };
  });
}

function faults(
  all: readonly string[],
  made: readonly string[],
  named: readonly string[],
  lacks: Gap["lacks"] | undefined,
): readonly string[] {
  if (lacks === "resource") return made.length > 0 ? [STALE] : [];
  const missing = all.filter((id) => !made.includes(id)).map((id) => `${id} does not stand`);
  if (lacks === "id") return named.length > 0 ? [...missing, STALE] : missing;
  return [...missing, ...made.filter((id) => !named.includes(id)).map((id) => `${id} has no physical id`)];
}

/** Types of gaps that no template has. */
export function unused(templates: readonly Template[], gaps: readonly Gap[]): readonly string[] {
  const types = new Set(templates.flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)));
  return gaps.map(({ type }) => type).filter((type) => !types.has(type));
}
