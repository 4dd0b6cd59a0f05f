import type { Bug } from "../bug.ts";

export default {
  invariant: "A process whose heartbeat is too old uses no permit that others may have reclaimed.",
  description: "Permits that are not in use are kept when the lease has expired.",
  changes: [
    {
      file: "domain/origin/permit-lease.ts",
      find: "if (!this.hasHeartbeat(now) && this.permits > 0) this.lose();",
      replace: "if (!this.hasHeartbeat(now) && this.inUse > 0) this.lose();",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/origin/permit-lease.test.ts"],
} satisfies Bug;
