import { useState } from "preact/hooks";
import { Bar } from "../parts/bar.tsx";
import { useReader } from "../session/reader.ts";
import { RecTitle } from "../words/rec-title.tsx";
import type { RecGroup } from "./group-pops.ts";

const ROW_PX = 28;
const SHOWN_PX = 560;

interface PopListProps {
  readonly groups: readonly RecGroup[];
  /** Undefined: a POP cannot be opened. */
  readonly onPop: ((pop: string) => void) | undefined;
}

/** A row a POP. Of hundreds only those in sight are made. */
export function PopList({ groups, onPop }: PopListProps) {
  const { say, formats } = useReader();
  const [top, setTop] = useState(0);
  const rows = groups.flatMap(({ rec, pops }) => pops.map((pop) => ({ rec, pop })));
  const first = Math.max(0, Math.floor(top / ROW_PX) - 4);
  const shown = rows.slice(first, first + Math.ceil(SHOWN_PX / ROW_PX) + 8);
  return (
    <section
      class="pop-list"
      aria-label={say("pops")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keys
      tabIndex={0}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">POP</th>
            <th scope="col">{say("rec")}</th>
            <th scope="col">{say("progress")}</th>
            <th scope="col" class="number">
              {say("warmOrHit")}
            </th>
            <th scope="col" class="number">
              {say("notWarm")}
            </th>
          </tr>
        </thead>
        <tbody>
          <Room rows={first} />
          {shown.map(({ rec, pop }, index) => (
            <tr key={pop.pop} aria-rowindex={first + index + 2}>
              <td>
                {onPop === undefined || !pop.resolved ? (
                  <code>{pop.pop}</code>
                ) : (
                  <button type="button" class="link" onClick={() => onPop(pop.pop)}>
                    <code>{pop.pop}</code>
                  </button>
                )}
              </td>
              <td class="quiet">{pop.resolved ? <RecTitle rec={rec} /> : say("notResolved")}</td>
              <td>
                <Bar outcomes={pop.outcomes} height={6} />
              </td>
              <td class="number">{formats.count(pop.outcomes.warm + pop.outcomes.hit)}</td>
              <td class={pop.bad > 0 ? "number failed strong" : "number"}>{formats.count(pop.bad)}</td>
            </tr>
          ))}
          <Room rows={rows.length - first - shown.length} />
        </tbody>
      </table>
    </section>
  );
}

/** The place of rows that are not made. Its height is an attribute of SVG: the page's policy allows no style attribute. */
function Room({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr>
      <td class="room" colSpan={5}>
        <svg width="1" height={rows * ROW_PX} aria-hidden="true" />
      </td>
    </tr>
  );
}
