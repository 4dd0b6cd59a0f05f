import { shortId } from "../api/find-request.ts";

export const CUT_OFF = "cut_off";

/** The warning of a run that no process works on. */
export function cutOffWarning(id: string) {
  const message = `Cut off: no process works on it. Go on: prewarm resume ${shortId(id)}`;
  return { code: CUT_OFF, count: 0, message, examples: [] };
}
