import type { Mark } from "./metros.ts";
import { chosenOf, type Selection, shareOf } from "./selection.ts";

interface MarkShapeProps {
  readonly mark: Mark;
  readonly selection: Selection;
  /** How much smaller than in the map's units it is drawn. */
  readonly shrink: number;
  /** One CSS pixel in the map's units. */
  readonly pixel: number;
}

/** A disc for a metro, a diamond for a REC; inside, the share that is chosen, by its area. */
export function MarkShape({ mark, selection, shrink, pixel }: MarkShapeProps) {
  const share = shareOf(mark.pops, selection);
  const radius = mark.radius / shrink;
  // A dashed outline is seen apart from what is in it.
  const room = radius - (mark.isAsleep ? 2.6 : share === "all" ? 1 : 2) * pixel;
  const inner = Math.max(radius * 0.34, room * Math.sqrt(chosenOf(mark.pops, selection) / mark.pops.length));
  const outline = {
    "stroke-width": 1.5 * pixel,
    ...(mark.isAsleep ? { "stroke-dasharray": `${2 * pixel} ${1.6 * pixel}` } : {}),
  };
  if (mark.kind === "metro") {
    return (
      <g class={`mark ${share}`}>
        <circle cx={mark.x} cy={mark.y} r={radius - 0.5 * pixel} {...outline} />
        {share === "none" ? null : <circle class="inner" cx={mark.x} cy={mark.y} r={inner} />}
      </g>
    );
  }
  return (
    <g class={`mark ${share}`}>
      <path d={diamond(mark, radius)} {...outline} />
      {share === "none" ? null : <path class="inner" d={diamond(mark, share === "all" ? room : inner * 0.8)} />}
    </g>
  );
}

function diamond({ x, y }: Mark, radius: number): string {
  return `M${x} ${y - radius}L${x + radius} ${y}L${x} ${y + radius}L${x - radius} ${y}z`;
}
