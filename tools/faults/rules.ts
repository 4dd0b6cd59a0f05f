import type { AwsCall } from "./aws-call.ts";

/**
 * What may happen to a call. `fail`: it is answered with a 500 and never arrives. `delay`: it arrives late.
 * `lose-answer`: it is carried out, and the connection breaks before the answer. `refuse-after`: it is carried out, and
 * answered with an error that no client tries again. `deliver-twice`: messages that are sent arrive twice.
 */
export const faultKinds = ["fail", "delay", "lose-answer", "refuse-after", "deliver-twice"] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Rule {
  readonly kind: FaultKind;
  readonly service: string;
  /** @default all of the service's */
  readonly operations?: readonly string[];
  /** Share of the calls, or of the messages, that it happens to. */
  readonly share: number;
  /** For `delay`: the longest delay. @default 1000 */
  readonly ms?: number;
}

/** The rule that applies to a call, if one does. At most one, because two at once have no defined meaning. */
export function strike(rules: readonly Rule[], call: AwsCall, random: () => number): Rule | undefined {
  for (const rule of rules) {
    if (rule.kind === "deliver-twice" || rule.service !== call.service) continue;
    if (rule.operations !== undefined && !rule.operations.includes(call.operation)) continue;
    if (random() < rule.share) return rule;
  }
  return undefined;
}
