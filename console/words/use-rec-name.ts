import { recName } from "../../domain/pops/recs.ts";
import { useReader } from "../session/reader.ts";

/** A REC by the name that the reader knows. */
export function useRecName(): (rec: string | null) => string {
  const { preferences, say } = useReader();
  return (rec) => (rec === null ? say("recUnknown") : recName(rec, preferences.language));
}
