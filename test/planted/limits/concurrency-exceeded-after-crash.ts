import type { Bug } from "../bug.ts";

export default {
  invariant:
    "Downloads at an origin never exceed `concurrency`, whatever the other agents have under way after a crash.",
  description: "A process without heartbeats goes on after others have reclaimed its permits.",
  changes: [
    { file: "domain/origin/permit-lease.ts", find: "const LOST_SHARE = 0.75;", replace: "const LOST_SHARE = 3;" },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/origin/origin-limiter-registry.test.ts"],
} satisfies Bug;
