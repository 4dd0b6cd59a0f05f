// What the origin limiter must keep to, in virtual time. `npm run lab limiter` runs all scenarios with five seeds.
import { testScenarios } from "./run-scenario.ts";
import { SOME } from "./scenarios.ts";

testScenarios(SOME, [1], 60_000);
