import { recName } from "../../domain/pops/recs.ts";
import { siteOf } from "../../domain/pops/sites.ts";
import { Icon } from "../parts/icon.tsx";
import { useFormReader } from "../words/form-reader.ts";
import { type CataloguePop, type Grouping, type PopGroup, popsByMetro } from "./groups.ts";
import { cityName, countryName } from "./names.ts";
import { regionText } from "./region-names.ts";
import { chosenOf, type Selection, shareOf, toggled } from "./selection.ts";
import { TriState } from "./tri-state.tsx";

interface PopGroupProps {
  readonly group: PopGroup;
  readonly by: Grouping;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** A REC or a country: all of it at once, or opened, its metros and POPs. */
export function PopGroupRow({ group, by, selection, onSelect, isOpen, onOpen }: PopGroupProps) {
  const { say, formats, preferences } = useFormReader();
  const { language } = preferences;
  const codes = group.pops.map(({ code }) => code);
  const chosen = chosenOf(codes, selection);
  const unknown = say(by === "rec" ? "recUnknown" : "countryUnknown");
  const name = group.id === "" ? unknown : by === "rec" ? recName(group.id, language) : countryName(group.id, language);
  const total = formats.count(codes.length);
  return (
    <>
      <li class={chosen > 0 ? "pop-group" : "pop-group none"}>
        <TriState share={shareOf(codes, selection)} onToggle={() => onSelect(toggled(selection, codes))} class="cut">
          <span class="named">
            <span class="cut">{name}</span>
            <span class="quiet small">{regionText(group.region, say)}</span>
          </span>
        </TriState>
        <span class="count">
          {chosen > 0 ? <b>{formats.count(chosen)}</b> : null} {chosen > 0 ? say("of", { total }) : total}
        </span>
        <button
          type="button"
          class="button plain"
          aria-expanded={isOpen}
          aria-label={say("popsOf", { place: name })}
          onClick={onOpen}
        >
          <Icon name={isOpen ? "down" : "next"} />
        </button>
      </li>
      {isOpen ? (
        <li class="pop-panel">
          <Metros pops={group.pops} selection={selection} onSelect={onSelect} />
        </li>
      ) : null}
    </>
  );
}

interface MetrosProps {
  readonly pops: readonly CataloguePop[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

function Metros({ pops, selection, onSelect }: MetrosProps) {
  const { preferences } = useFormReader();
  return (
    <>
      {popsByMetro(pops).map(({ site, pops: its }) => {
        const codes = its.map(({ code }) => code);
        const city = cityName(siteOf(site)?.city ?? its[0]?.city ?? site, preferences.language);
        return (
          <fieldset key={site} class="metro-pops" aria-label={city}>
            <TriState share={shareOf(codes, selection)} onToggle={() => onSelect(toggled(selection, codes))}>
              <span class="cut">{city}</span>
            </TriState>
            <div>
              {codes.map((code) => (
                <label key={code} class="check mono">
                  <input
                    type="checkbox"
                    checked={selection.has(code)}
                    onChange={() => onSelect(toggled(selection, [code]))}
                  />
                  {code}
                </label>
              ))}
            </div>
          </fieldset>
        );
      })}
    </>
  );
}
