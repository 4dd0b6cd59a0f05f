import { recName } from "../../domain/pops/recs.ts";
import { siteOf } from "../../domain/pops/sites.ts";
import type { FormReader } from "../words/form-reader.ts";
import type { Mark } from "./metros.ts";
import { cityName } from "./names.ts";
import { chosenOf, type Selection } from "./selection.ts";

/** What is said of a place: in its tip, and to who does not see the map. */
export interface Described {
  readonly title: string;
  readonly code: string;
  readonly says: string;
}

export function describe(mark: Mark, selection: Selection, { say, preferences }: FormReader): Described {
  const { language } = preferences;
  const chosen = say("ofPops", { chosen: chosenOf(mark.pops, selection), total: mark.pops.length });
  if (mark.kind === "rec") return { title: recName(mark.id, language), code: "REC", says: chosen };
  const rec = mark.rec === undefined ? say("recUnknown") : say("itsRec", { rec: recName(mark.rec, language) });
  const parts = [chosen, rec, ...(mark.isAsleep ? [say("notLately")] : [])];
  return {
    title: cityName(siteOf(mark.id)?.city ?? mark.id, language),
    code: mark.id,
    says: parts.reduce((first, second) => say("listOfTwo", { first, second })),
  };
}
