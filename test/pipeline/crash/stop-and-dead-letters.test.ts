// Every kind of call with an effect of a request that is stopped, and of those whose messages become dead letters or are lost.
import { testCrashPoints } from "./crash-points.ts";
import { DEAD_LETTERS, LOST_MESSAGES, STOP } from "./crash-scenarios.ts";

await testCrashPoints(STOP);
await testCrashPoints(DEAD_LETTERS);
await testCrashPoints(LOST_MESSAGES);
