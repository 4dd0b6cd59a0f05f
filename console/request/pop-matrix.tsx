// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows wrap is no table
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid the cells take the focus, not the rows
import { useRef, useState } from "preact/hooks";
import { useReader } from "../session/reader.ts";
import { moved } from "./grid-move.ts";
import type { PopState, RecGroup } from "./group-pops.ts";
import { PopFace, popClass } from "./pop-face.tsx";
import { usePopWords } from "./pop-words.ts";
import { RecFigures, RecHeads } from "./rec-figures.tsx";

/** Up to so many POPs there is room for a tile each. */
export const MAX_TILES = 60;

interface MatrixProps {
  readonly groups: readonly RecGroup[];
  readonly small: boolean;
}

/** A row a REC, a cell a POP. One stop of the Tab key; arrows move within. */
export function PopMatrix({ groups, small }: MatrixProps) {
  const { say } = useReader();
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
        {small ? <RecHeads groups={groups} inGrid /> : null}
        {groups.map((group, row) => (
          <div class="rec" role="row" key={group.rec}>
            <div class="rec-name" role="rowheader">
              <RecFigures group={group} small={small} />
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

interface CellProps {
  readonly pop: PopState;
  readonly small: boolean;
  readonly place: string;
  readonly stop: boolean;
  readonly onFocus: () => void;
}

function Cell({ pop, small, place, stop, onFocus }: CellProps) {
  const says = usePopWords(pop);
  return (
    <div
      class={popClass(pop)}
      role="gridcell"
      data-at={place}
      tabIndex={stop ? 0 : -1}
      title={says}
      {...(small ? { "aria-label": says } : {})}
      onFocus={onFocus}
    >
      <PopFace pop={pop} small={small} />
    </div>
  );
}

/** What the small cells have no room for. */
function PopLine({ pop }: { readonly pop: PopState }) {
  return <p class="pop-line">{usePopWords(pop)}</p>;
}
