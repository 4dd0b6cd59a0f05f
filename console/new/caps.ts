import type { Settings } from "../../client/answers.ts";
import type { CapName } from "../../domain/request/caps.ts";

/** A value beyond what this deployment allows. */
export interface Beyond {
  /** The stack's parameter. */
  readonly parameter: CapName;
  readonly cap: number;
}

interface Asked {
  readonly instances: string;
  readonly minutes: string;
  /** URLs × variants × POPs, as far as they are known here. */
  readonly tasks: number;
}

/** What is beyond its cap, by the parameter. Nothing where the deployment does not tell. */
export function beyondCaps(settings: Pick<Settings, "caps"> | undefined, asked: Asked): ReadonlyMap<CapName, Beyond> {
  const values: Partial<Record<CapName, number>> = {
    maxInstances: Number(asked.instances),
    maxTimeout: Number(asked.minutes),
    maxTasks: asked.tasks,
  };
  const beyond = new Map<CapName, Beyond>();
  for (const parameter of ["maxInstances", "maxTimeout", "maxTasks"] as const) {
    const cap = capOf(settings, parameter);
    const value = values[parameter] ?? 0;
    if (cap !== undefined && value > cap) beyond.set(parameter, { parameter, cap });
  }
  return beyond;
}

export function capOf(settings: Pick<Settings, "caps"> | undefined, parameter: CapName): number | undefined {
  return settings?.caps.find((it) => it.parameter === parameter)?.value ?? undefined;
}
