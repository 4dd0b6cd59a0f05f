import { regionOfRec } from "../../domain/pops/recs.ts";
import { regionText } from "../map/region-names.ts";
import { useReader } from "../session/reader.ts";
import { useRecName } from "./use-rec-name.ts";

/** `Mumbai apac`: a REC, and the region that a request would name its POPs by. */
export function RecTitle({ rec }: { readonly rec: string | null }) {
  const { say } = useReader();
  const recName = useRecName();
  const region = rec === null ? undefined : regionOfRec(rec);
  return (
    <span class="rec-title">
      <strong>{recName(rec)}</strong>
      {region === undefined ? null : <span class="quiet"> {regionText(region, say)}</span>}
    </span>
  );
}
