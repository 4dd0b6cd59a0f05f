// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows wrap is no table
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid the cells take the focus, not the rows
import { useRef, useState } from "preact/hooks";
import { Bar } from "../parts/bar.tsx";
import { OUTCOME_NAMES, OUTCOMES } from "../parts/outcome.ts";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";
import { useRecName } from "../words/rec-names.ts";
import { moved } from "./grid-move.ts";
import { type PopState, type RecGroup, worstOf } from "./group-pops.ts";

/** Up to so many POPs there is room for a tile each. */
export const MOST_TILES = 60;

interface MatrixProps {
  readonly groups: readonly RecGroup[];
  readonly small: boolean;
}

/** A row a REC, a cell a POP. One stop of the Tab key; arrows move within. */
export function PopMatrix({ groups, small }: MatrixProps) {
  const { say, formats, count } = useReader();
  const recName = useRecName();
  const [at, setAt] = useState({ row: 0, column: 0 });
  const grid = useRef<HTMLDivElement>(null);
  const lengths = groups.map(({ pops }) => pops.length);
  const focused = groups[at.row]?.pops[at.column];
  const move = (event: KeyboardEvent) => {
    const next = moved(event.key, at, lengths);
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-at="${next.row} ${next.column}"]`)?.focus();
  };
  return (
    <>
      <div
        ref={grid}
        class={small ? "matrix small-cells" : "matrix"}
        role="grid"
        aria-label={say("pops")}
        onKeyDown={move}
      >
        {groups.map((group, row) => (
          <div class="rec" role="row" key={group.rec}>
            <div class="rec-name" role="rowheader">
              <strong>{recName(group.rec)}</strong>
              <span class="quiet">{count("popCount", group.pops.length)}</span>
              <strong class="number">
                {small && group.bad > 0 ? <span class="failed">{formats.count(group.bad)} </span> : null}
                {hasTasks(group) ? formats.percent(group.percent) : "–"}
              </strong>
            </div>
            <div class="rec-pops" role="presentation">
              {group.pops.map((pop, column) => (
                <Cell
                  key={pop.pop}
                  pop={pop}
                  small={small}
                  place={`${row} ${column}`}
                  stop={row === at.row && column === at.column}
                  onFocus={() => setAt({ row, column })}
                />
              ))}
            </div>
          </div>
        ))}
      </div>
      {small && focused !== undefined ? <PopLine pop={focused} /> : null}
    </>
  );
}

/** A REC whose POPs did not resolve has none, and no share of anything. */
function hasTasks({ pops }: RecGroup): boolean {
  return pops.some(({ total }) => total > 0);
}

interface CellProps {
  readonly pop: PopState;
  readonly small: boolean;
  readonly place: string;
  readonly stop: boolean;
  readonly onFocus: () => void;
}

function Cell({ pop, small, place, stop, onFocus }: CellProps) {
  const { formats } = useReader();
  const says = usePopWords(pop);
  const worst = worstOf(pop);
  return (
    <div
      class={`pop ${worst} ${pop.bad > 0 ? "bad" : ""} ${pop.resolved ? "" : "unresolved"}`}
      role="gridcell"
      data-at={place}
      tabIndex={stop ? 0 : -1}
      title={says}
      {...(small ? { "aria-label": says } : {})}
      onFocus={onFocus}
    >
      {small ? (
        worst === "warm" ? null : (
          <Shape form={worst} />
        )
      ) : (
        <>
          <code>{pop.pop}</code>
          <span class="pop-figure">
            {pop.bad > 0 || worst === "warm" ? (
              <span class={worst}>
                <Shape form={worst} />
              </span>
            ) : null}
            {pop.bad > 0 ? <span class={worst}>{formats.count(pop.bad)}</span> : null}
            {pop.resolved ? formats.percent(pop.percent) : "–"}
            <span class="spoken">{says}</span>
          </span>
          <Bar outcomes={pop.outcomes} height={4} silent />
        </>
      )}
    </div>
  );
}

/** What the small cells have no room for. */
function PopLine({ pop }: { readonly pop: PopState }) {
  return <p class="pop-line">{usePopWords(pop)}</p>;
}

/** A POP in words: its code, its share, and how many tasks are in each state that there is. */
export function usePopWords({ pop, resolved, unfinished, outcomes, percent }: PopState): string {
  const { say, formats } = useReader();
  if (!resolved) return `${pop}: ${say("notResolved")}`;
  const parts = OUTCOMES.filter((name) => outcomes[name] > 0).map(
    (name) =>
      `${say(unfinished && name === "waiting" ? "notTried" : OUTCOME_NAMES[name])} ${formats.count(outcomes[name])}`,
  );
  return `${pop} ${formats.percent(percent)}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}
