import type { Scenario } from "../engine/scenario.ts";
import { admission } from "./admission.ts";
import { longDownload } from "./downloads.ts";
import { faults, longFaults } from "./faults.ts";
import { generatedInput } from "./hostile.ts";
import { leads } from "./leads.ts";
import { limits, throttling } from "./origin.ts";
import { REGRESSIONS } from "./regressions.ts";
import { originLimiter } from "./tests.ts";
import { deception, warmth } from "./warmth.ts";

/** Every scenario. A new one stands here. */
export const SCENARIOS: readonly Scenario[] = [
  ...[faults, longFaults, leads],
  longDownload,
  ...[admission, warmth, deception, limits, throttling, originLimiter],
  generatedInput,
  ...REGRESSIONS,
];
