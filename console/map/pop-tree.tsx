import { useMemo, useRef, useState } from "preact/hooks";
import { recName } from "../../domain/pops/recs.ts";
import { useKeys } from "../keys/use-keys.ts";
import { Choices } from "../parts/choices.tsx";
import { Icon } from "../parts/icon.tsx";
import { useFormReader } from "../words/form-reader.ts";
import { type CataloguePop, type Grouping, isMeant, popGroups } from "./groups.ts";
import { cityName, countryName } from "./names.ts";
import { PopGroupRow } from "./pop-group.tsx";
import { REGIONS } from "./regions.ts";
import { added, type Selection, without } from "./selection.ts";

interface PopTreeProps {
  readonly pops: readonly CataloguePop[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

/** The same choice as on the map, as checkboxes: by REC or country, then metro, then POP. */
export function PopTree({ pops, selection, onSelect }: PopTreeProps) {
  const { say, preferences } = useFormReader();
  const { language } = preferences;
  const [by, setBy] = useState<Grouping>("rec");
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState("");
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() });
  const groups = useMemo(() => {
    const names = ({ city, country, rec }: CataloguePop) => [
      cityName(city ?? "", language),
      country === null ? "" : countryName(country, language),
      recName(rec ?? "", language),
    ];
    const meant = typed.trim() === "" ? pops : pops.filter((pop) => isMeant(pop, typed, names(pop)));
    return popGroups(meant, by, REGIONS);
  }, [pops, typed, by, language]);
  const found = groups.flatMap((group) => group.pops.map(({ code }) => code));
  const isSearch = typed.trim() !== "";
  return (
    <section class="pop-tree" aria-label={say("popList")}>
      <div class="head">
        <Choices
          label={say("groupBy")}
          options={[
            { value: "rec", text: say("recs") },
            { value: "country", text: say("countries") },
          ]}
          value={by}
          onChoose={setBy}
        />
        <span class="fill" />
        {isSearch && found.length > 0 ? (
          <>
            <button type="button" class="button" onClick={() => onSelect(added(selection, found))}>
              {say("chooseFound", { count: found.length })}
            </button>
            <button type="button" class="button" onClick={() => onSelect(without(selection, found))}>
              {say("none")}
            </button>
          </>
        ) : null}
        <search class="search">
          <Icon name="search" />
          <input
            ref={search}
            class="input"
            type="search"
            aria-label={say("searchPops")}
            placeholder={say("searchPops")}
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </search>
      </div>
      {by === "rec" ? <p class="quiet small">{say("leadSays")}</p> : null}
      <ul class="pop-groups">
        {groups.map((group) => (
          <PopGroupRow
            key={`${by} ${group.id}`}
            group={group}
            by={by}
            selection={selection}
            onSelect={onSelect}
            isOpen={(isSearch && groups.length <= 4) || open === `${by} ${group.id}`}
            onOpen={() => setOpen(open === `${by} ${group.id}` ? "" : `${by} ${group.id}`)}
          />
        ))}
      </ul>
      {groups.length === 0 ? <p class="quiet">{say("noPop")}</p> : null}
    </section>
  );
}
