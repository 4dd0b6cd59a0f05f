import { shortId } from "../../client/request-ids.ts";

export const CUT_OFF = "cut_off";

/** The warning of a run that no process works on. */
export function cutOffWarning(id: string) {
  const message = `Interrupted: no process works on this run. To resume it: prewarm resume ${shortId(id)}`;
  return { code: CUT_OFF, count: 0, message, examples: [] };
}
