import { type CataloguePop, popsByMetro } from "../map/groups.ts";
import { PopTree } from "../map/pop-tree.tsx";
import { RegionChips } from "../map/region-chips.tsx";
import type { Selection } from "../map/selection.ts";
import { WorldMap } from "../map/world-map.tsx";
import { useFormReader } from "../words/form-reader.ts";
import { Wrong } from "./field.tsx";

interface WherePartProps {
  readonly pops: readonly CataloguePop[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly wrong: readonly string[];
}

/** At which POPs: the chips and the list are one choice, which the map shows. */
export function WherePart({ pops, selection, onSelect, wrong }: WherePartProps) {
  const { say } = useFormReader();
  const metros = popsByMetro(pops.filter(({ code }) => selection.has(code))).length;
  return (
    <>
      <div class="where-head">
        <h2>
          {say("pops")}{" "}
          <span class="quiet">{say("whereCount", { chosen: selection.size, total: pops.length, metros })}</span>
        </h2>
        <RegionChips pops={pops} selection={selection} onSelect={onSelect} />
      </div>
      <Wrong lines={[...(selection.size === 0 ? [say("noPops")] : []), ...wrong]} />
      <div class="where-body">
        <WorldMap pops={pops} selection={selection} />
        <PopTree pops={pops} selection={selection} onSelect={onSelect} />
      </div>
    </>
  );
}
