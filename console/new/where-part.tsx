import { useMemo } from "preact/hooks";
import type { CataloguePop } from "../map/groups.ts";
import { metrosOf, recsOf } from "../map/metros.ts";
import { PopTree } from "../map/pop-tree.tsx";
import { RegionChips } from "../map/region-chips.tsx";
import { chosenOf, type Selection } from "../map/selection.ts";
import { WorldMap } from "../map/world-map.tsx";
import { useFormReader } from "../words/form-reader.ts";
import { Wrong } from "./field.tsx";

interface WherePartProps {
  readonly pops: readonly CataloguePop[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly wrong: readonly string[];
}

/** At which POPs: chips, the map and the list are one choice. */
export function WherePart({ pops, selection, onSelect, wrong }: WherePartProps) {
  const { say } = useFormReader();
  const metros = useMemo(() => metrosOf(pops, Date.now()), [pops]);
  const recs = useMemo(() => recsOf(pops), [pops]);
  const chosen = metros.filter((metro) => chosenOf(metro.pops, selection) > 0).length;
  return (
    <>
      <div class="where-head">
        <h2>
          {say("pops")}{" "}
          <span class="quiet">{say("whereCount", { chosen: selection.size, total: pops.length, metros: chosen })}</span>
        </h2>
        <RegionChips pops={pops} selection={selection} onSelect={onSelect} />
      </div>
      <Wrong lines={[...(selection.size === 0 ? [say("noPops")] : []), ...wrong]} />
      <div class="where-body">
        <WorldMap metros={metros} recs={recs} selection={selection} onSelect={onSelect} />
        <PopTree pops={pops} selection={selection} onSelect={onSelect} />
      </div>
    </>
  );
}
