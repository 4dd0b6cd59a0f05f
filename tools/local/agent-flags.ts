import { readFileSync } from "node:fs";
import { ROOT } from "./paths.ts";

/** Flags of Node.js with which the systemd unit starts the agent. */
export function agentFlags(): string[] {
  const unit = readFileSync(`${ROOT}agent/instance/prewarm-agent.service`, "utf8");
  const command = /^ExecStart=.*$/m.exec(unit)?.[0] ?? "";
  const flags = command.split(" ").filter((word) => word.startsWith("--"));
  if (flags.length === 0) throw new Error("the agent's unit has no flags of Node.js in ExecStart");
  return flags;
}
