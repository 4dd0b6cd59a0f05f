import { cannotTell, fail, type Judgement, ok, warn } from "../judgement.ts";
import type { AlarmState } from "../readers/parts.ts";

/** @param wanted how many the stack has; none where it was deployed with `monitoring=off` */
export function judgeAlarms(wanted: number, alarms: readonly AlarmState[]): Judgement {
  if (wanted === 0) return warn("the stack has no alarms", "deploy with --parameters monitoring=on");
  const on = alarms.filter(({ state }) => state === "ALARM");
  // The description ends in the section of the runbook.
  const first = on.map(({ description }) => description).find((text) => text !== "") ?? "see the runbook";
  if (on.length > 0) return fail(`on: ${on.map(({ name }) => name).join(", ")}`, first);
  if (alarms.length < wanted) return warn(`${wanted - alarms.length} of ${wanted} alarms are gone`, "deploy again");
  const unknown = alarms.filter(({ state }) => state !== "OK");
  if (unknown.length === 0) return ok(`none of ${wanted} alarms is on`);
  // With no data, these alarms are OK or on; only a new one is neither.
  return cannotTell(`${unknown.length} of ${wanted} alarms have not been looked at yet`, "ask again in ten minutes");
}
