import type { Scenario } from "../engine/scenario.ts";
import { admission } from "./admission.ts";
import { loadSharing, longDownload } from "./downloads.ts";
import { fairness, otherOrigin } from "./fairness.ts";
import { faults, longFaults } from "./faults.ts";
import { generatedInput, hostileBodies } from "./hostile.ts";
import { leads } from "./leads.ts";
import { limits, throttling } from "./origin.ts";
import { REGRESSIONS } from "./regressions.ts";
import { originLimiter } from "./tests.ts";
import { deception, warmth } from "./warmth.ts";

/** Every scenario. A new one stands here. */
export const SCENARIOS: readonly Scenario[] = [
  ...[faults, longFaults, leads],
  ...[longDownload, loadSharing, fairness, otherOrigin],
  ...[admission, warmth, deception, limits, throttling, originLimiter],
  ...[admission, deception, limits, throttling].map(withoutStack),
  ...[hostileBodies, generatedInput],
  ...REGRESSIONS,
];

/** The same load and checks at the same edge, by the command alone. */
function withoutStack({ name, description, parts }: Scenario): Scenario {
  return {
    name: `direct-${name}`,
    isSeeded: false,
    description: `Without a stack, by the command: ${description}`,
    parts: (scale) => {
      const { world, ...others } = parts(scale, "direct");
      return world === undefined ? others : { ...others, world: { ...world, engine: "direct" } };
    },
  };
}
