import type { Scenario } from "../engine/scenario.ts";
import { killLeadsAt } from "./leads.ts";

/** Scenarios that found a bug or a weakness, each named after what broke. */
export const REGRESSIONS: readonly Scenario[] = [
  // docs/adr/0010: each kill may cost one more download per follower, and the counts must stay exact.
  {
    name: "followers-queued-twice",
    description: "20 agents are killed after they queued the followers of a lead and before they deleted its message.",
    parts: killLeadsAt(["after SendMessageBatch", "before DeleteMessageBatch"], 20),
  },
];
