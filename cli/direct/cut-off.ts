export const CUT_OFF = "cut_off";

/** The warning of a run that no process works on. */
export const CUT_OFF_WARNING = {
  code: CUT_OFF,
  count: 0,
  message: "Interrupted: no process works on this run.",
  examples: [],
};
