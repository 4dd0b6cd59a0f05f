import { useFormReader } from "../words/form-reader.ts";
import { regionText } from "./region-names.ts";
import { type InRegions, nextOfRegion, popsOfRegion, REGIONS } from "./regions.ts";
import { chosenOf, type Selection, shareOf } from "./selection.ts";

interface RegionChipsProps {
  readonly pops: readonly InRegions[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

/** Pressed once: the region's default set. Again: all of it. Again: none. */
export function RegionChips({ pops, selection, onSelect }: RegionChipsProps) {
  const { say, formats } = useFormReader();
  return (
    <fieldset class="chips" aria-label={say("regions")} title={say("chipSays")}>
      {REGIONS.map((region) => {
        const { all } = popsOfRegion(pops, region);
        if (all.length === 0) return null;
        const chosen = chosenOf(all, selection);
        const share = shareOf(all, selection);
        return (
          <button
            key={region}
            type="button"
            class={`chip ${share}`}
            aria-pressed={share === "some" ? "mixed" : share === "all"}
            onClick={() => onSelect(nextOfRegion(pops, region, selection))}
          >
            <b>{regionText(region, say)}</b> {formats.count(chosen === 0 ? all.length : chosen)}
          </button>
        );
      })}
    </fieldset>
  );
}
