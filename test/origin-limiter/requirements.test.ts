// What the origin limiter must keep to, in virtual time. `npm run lab -- origin-limiter` runs the other scenarios, too, and sets the seed;
// LIMITER_ONLY="40 processes" selects.
import { testScenarios } from "./run-scenario.ts";
import { ALL, SOME } from "./scenarios.ts";

const { LIMITER_SEED = "1", LIMITER_SHARE, LIMITER_ONLY = "" } = process.env;
const every = Math.round(1 / Number(LIMITER_SHARE));
const chosen = LIMITER_SHARE === undefined ? SOME : ALL.filter((_, i) => i % every === 0);
testScenarios(
  chosen.filter(({ name }) => new RegExp(LIMITER_ONLY).test(name)),
  Number(LIMITER_SEED),
  LIMITER_SHARE === undefined ? 60_000 : 1_800_000,
);
