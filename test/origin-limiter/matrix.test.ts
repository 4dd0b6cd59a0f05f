// All scenarios of the origin limiter. LIMITER_SEEDS=3 LIMITER_ONLY="40 processes" selects.
import { testScenarios } from "./run-scenario.ts";
import { ALL } from "./scenarios.ts";

const seeds = (process.env["LIMITER_SEEDS"] ?? "1,2,3,4,5").split(",").map(Number);
const only = new RegExp(process.env["LIMITER_ONLY"] ?? "");
testScenarios(
  ALL.filter(({ name }) => only.test(name)),
  seeds,
  1_800_000,
);
