import { OUTCOMES, type Outcome, type Outcomes } from "../../domain/readiness/outcomes.ts";

export interface BarPart {
  readonly outcome: Outcome;
  readonly x: number;
  readonly width: number;
}

/** Bad parts are seen, however few they are. */
const LEAST_BAD = 4;
const LEAST = 1;

/** The parts of a bar of this width, in the order of {@link OUTCOMES}. What widens a small part is taken from the others. */
export function barParts(outcomes: Outcomes, width: number): BarPart[] {
  const total = OUTCOMES.reduce((sum, name) => sum + outcomes[name], 0);
  if (total === 0) return [{ outcome: "waiting", x: 0, width }];
  const there = OUTCOMES.filter((name) => outcomes[name] > 0);
  const least = (name: Outcome) => (name === "failed" || name === "not_kept" ? LEAST_BAD : LEAST);
  const share = (name: Outcome) => (outcomes[name] / total) * width;
  const small = there.filter((name) => share(name) < least(name));
  const kept = small.reduce((sum, name) => sum + least(name), 0);
  const rest = there.filter((name) => !small.includes(name)).reduce((sum, name) => sum + outcomes[name], 0);
  let x = 0;
  return there.map((outcome) => {
    const its = small.includes(outcome) ? least(outcome) : (outcomes[outcome] / rest) * Math.max(0, width - kept);
    const part = { outcome, x, width: its };
    x += its;
    return part;
  });
}
