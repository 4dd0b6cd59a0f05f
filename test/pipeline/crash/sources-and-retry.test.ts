// Every kind of call with an effect of a request whose URLs come from a document, with limits of the origin, and of a retry.
import { testCrashPoints } from "./crash-points.ts";
import { RETRY, SOURCES } from "./crash-scenarios.ts";

await testCrashPoints(SOURCES);
await testCrashPoints(RETRY);
