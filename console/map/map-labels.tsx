import { recName } from "../../domain/pops/recs.ts";
import { useFormReader } from "../words/form-reader.ts";
import { labelsOf } from "./labels.ts";
import type { Mark } from "./metros.ts";
import { chosenOf, type Selection } from "./selection.ts";
import { heightOf, type ViewBox } from "./view-box.ts";

interface MapLabelsProps {
  readonly metros: readonly Mark[];
  readonly recs: readonly Mark[];
  readonly selection: Selection;
  readonly view: ViewBox;
  readonly shrink: number;
  readonly pixel: number;
}

const SIZE = 11.5;

/** Names of the RECs that have a chosen POP, with how many. */
export function MapLabels({ metros, recs, selection, view, shrink, pixel }: MapLabelsProps) {
  const { preferences } = useFormReader();
  const places = recs
    .filter((rec) => chosenOf(rec.pops, selection) > 0)
    .map((rec) => ({
      id: rec.id,
      x: rec.x,
      y: rec.y,
      radius: rec.radius / shrink,
      text: `${recName(rec.id, preferences.language)} ${chosenOf(rec.pops, selection)}`,
    }));
  const obstacles = [...metros, ...recs].map(({ x, y, radius, pops }) => ({
    x,
    y,
    radius: radius / shrink,
    weight: chosenOf(pops, selection) > 0 ? 3 : 1,
  }));
  const within = { left: view.x, top: view.y, right: view.x + view.width, bottom: view.y + heightOf(view) };
  const labels = labelsOf(places, obstacles, SIZE * pixel, within);
  return (
    <g class="labels" font-size={SIZE * pixel} stroke-width={3 * pixel}>
      {labels.map(({ id, leader }) =>
        leader === undefined ? null : <line key={`to ${id}`} stroke-width={pixel} {...leader} />,
      )}
      {labels.map(({ id, text, x, y }) => (
        <text key={id} x={x} y={y}>
          {text}
        </text>
      ))}
    </g>
  );
}
