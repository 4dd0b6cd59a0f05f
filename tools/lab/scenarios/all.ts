import type { Scenario } from "../scenario.ts";
import { faults, longFaults } from "./faults.ts";

/** Every scenario. A new one stands here. */
export const SCENARIOS: readonly Scenario[] = [faults, longFaults];
