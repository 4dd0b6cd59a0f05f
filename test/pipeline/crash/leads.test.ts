// Every kind of call with an effect of a request with leads, followers and failures fails, loses its answer, or is its process's last.
import { testCrashPoints } from "./crash-points.ts";
import { LEADS } from "./crash-scenarios.ts";

await testCrashPoints(LEADS);
