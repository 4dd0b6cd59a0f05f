import { useId, useState } from "preact/hooks";
import { useWidth } from "../parts/use-width.ts";
import { useFormReader } from "../words/form-reader.ts";
import { describe } from "./describe.ts";
import { Land } from "./land.tsx";
import { linesOf } from "./lines.ts";
import { MapLabels } from "./map-labels.tsx";
import { MapLegend } from "./map-legend.tsx";
import { MapTip } from "./map-tip.tsx";
import { MapTools } from "./map-tools.tsx";
import { MarkShape } from "./mark-shape.tsx";
import type { Mark } from "./metros.ts";
import { added, chosenOf, type Selection, toggled } from "./selection.ts";
import { useMapKeys } from "./use-map-keys.ts";
import { type Tool, useMapPointer } from "./use-map-pointer.ts";
import { heightOf, WHOLE, zoomOf } from "./view-box.ts";

/** What is not shown is measured as nothing. */
const MIN_WIDTH = 240;

interface WorldMapProps {
  readonly metros: readonly Mark[];
  readonly recs: readonly Mark[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}

/** Where to warm: metros and RECs are chosen by a click, a line around them, or from the keyboard. */
export function WorldMap({ metros, recs, selection, onSelect }: WorldMapProps) {
  const reader = useFormReader();
  const { say } = reader;
  const hint = useId();
  const [ref, width] = useWidth(840);
  const [view, setView] = useState(WHOLE);
  const [tool, setTool] = useState<Tool>("move");
  const pixel = view.width / Math.max(MIN_WIDTH, width);
  const shrink = Math.sqrt(zoomOf(view));
  const keys = useMapKeys({ metros, recs, selection, view, onView: setView, onSelect });
  const press = (mark: Mark) => {
    onSelect(toggled(selection, mark.pops));
    if (mark.kind === "metro") keys.setActive(mark);
  };
  const marks = [...metros, ...recs];
  const catchAll = (caught: readonly Mark[]) => {
    const pops = caught.flatMap((mark) => mark.pops);
    onSelect(
      caught.every((mark) => chosenOf(mark.pops, selection) > 0) ? toggled(selection, pops) : added(selection, pops),
    );
  };
  const pointer = useMapPointer({
    marks: marks.map((mark) => ({ ...mark, radius: mark.radius / shrink })),
    view,
    pixel,
    tool,
    onView: setView,
    onPress: press,
    onCatch: catchAll,
  });
  const lines = linesOf(metros, recs, selection);
  const told = pointer.hovered ?? keys.active;
  return (
    <figure class={`map ${tool}`}>
      <svg
        ref={ref}
        viewBox={`${view.x} ${view.y} ${view.width} ${heightOf(view)}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is one, by its role: arrows and Space work on it
        tabIndex={0}
        role="application"
        aria-label={say("mapLabel")}
        aria-describedby={hint}
        {...keys.handlers}
        {...pointer.handlers}
      >
        <Land pixel={pixel} />
        <g class="lines" stroke-width={pixel}>
          {lines.map(({ key, ...ends }) => (
            <line key={key} {...ends} />
          ))}
        </g>
        {marks.map((mark) => (
          <MarkShape key={`${mark.kind} ${mark.id}`} mark={mark} selection={selection} shrink={shrink} pixel={pixel} />
        ))}
        <MapLabels metros={metros} recs={recs} selection={selection} view={view} shrink={shrink} pixel={pixel} />
        {told === undefined ? null : (
          <circle class="ring" cx={told.x} cy={told.y} r={told.radius / shrink + 4 * pixel} stroke-width={2 * pixel} />
        )}
        {pointer.line.length < 2 ? null : (
          <polygon
            class="rope"
            points={pointer.line.map(({ x, y }) => `${x},${y}`).join(" ")}
            stroke-width={1.5 * pixel}
          />
        )}
        {told === undefined ? null : (
          <MapTip mark={told} described={describe(told, selection, reader)} view={view} pixel={pixel} />
        )}
      </svg>
      <MapTools tool={tool} onTool={setTool} onLarger={keys.zoomIn} onSmaller={keys.zoomOut} />
      <MapLegend hasAsleep={metros.some(({ isAsleep }) => isAsleep)} />
      <p id={hint} class="spoken">
        {say("mapKeys")}
      </p>
      <p class="spoken" aria-live="polite">
        {keys.active === undefined ? "" : spoken(describe(keys.active, selection, reader))}
      </p>
    </figure>
  );
}

function spoken({ title, code, says }: ReturnType<typeof describe>): string {
  return `${title} ${code}: ${says}`;
}
