import { readFileSync } from "node:fs";
import { ROOT } from "./paths.ts";

/** Path of the agent's systemd unit in a checkout. */
export const AGENT_UNIT = "agent/instance/prewarm-agent.service";

/** Flags of Node.js with which the systemd unit starts the agent. @param unit its text. @default that of this checkout */
export function agentFlags(unit = readFileSync(`${ROOT}${AGENT_UNIT}`, "utf8")): string[] {
  const command = /^ExecStart=.*$/m.exec(unit)?.[0] ?? "";
  const flags = command.split(" ").filter((word) => word.startsWith("--"));
  if (flags.length === 0) throw new Error("the agent's unit has no flags of Node.js in ExecStart");
  return flags;
}
