import { Bar } from "../parts/bar.tsx";
import { Room, useRowsInView } from "../parts/rows-in-view.tsx";
import { useReader } from "../session/reader.ts";
import { RecTitle } from "../words/rec-title.tsx";
import type { RecGroup } from "./group-pops.ts";

const SHOWN_PX = 560;

interface PopListProps {
  readonly groups: readonly RecGroup[];
}

/** A row a POP. Of hundreds only those in sight are made. */
export function PopList({ groups }: PopListProps) {
  const { say, formats } = useReader();
  const rows = groups.flatMap(({ rec, pops }) => pops.map((pop) => ({ rec, pop })));
  const { first, shown, above, below, onScroll } = useRowsInView(rows, SHOWN_PX);
  return (
    <section
      class="pop-list"
      aria-label={say("pops")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keys
      tabIndex={0}
      onScroll={onScroll}
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
          <RoomRow rows={above} />
          {shown.map(({ rec, pop }, index) => (
            <tr key={pop.pop} aria-rowindex={first + index + 2}>
              <td>
                <code>{pop.pop}</code>
              </td>
              <td class="quiet">{pop.resolved ? <RecTitle rec={rec} /> : say("notResolved")}</td>
              <td>
                <Bar outcomes={pop.outcomes} height={6} />
              </td>
              <td class="number">{formats.count(pop.outcomes.warm + pop.outcomes.hit)}</td>
              <td class={pop.bad > 0 ? "number failed strong" : "number"}>{formats.count(pop.bad)}</td>
            </tr>
          ))}
          <RoomRow rows={below} />
        </tbody>
      </table>
    </section>
  );
}

function RoomRow({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr>
      <td class="room" colSpan={5}>
        <Room rows={rows} />
      </td>
    </tr>
  );
}
