import { useId } from "preact/hooks";
import { TASK_STATES, type TaskStates } from "../../domain/readiness/task-states.ts";
import { useReader } from "../session/reader.ts";
import { barParts } from "./bar-parts.ts";
import { OUTCOME_NAMES } from "./outcome-names.ts";
import { useWidth } from "./use-width.ts";

interface BarProps {
  readonly outcomes: TaskStates;
  /** How much of the bar each state has. @default as its tasks */
  readonly shares?: TaskStates;
  /** In CSS pixels. @default 6 */
  readonly height?: number;
  /** In CSS pixels, until it is measured: in a copy it never is. @default 200 */
  readonly width?: number;
  /** The same is said in words beside it. @default false */
  readonly silent?: boolean;
}

/** Of what the tasks came to. A picture of SVG, because the page's policy allows no style attribute. */
export function Bar({ outcomes, shares = outcomes, height = 6, width: first = 200, silent = false }: BarProps) {
  const { say, formats } = useReader();
  const stripes = useId();
  const [ref, width] = useWidth(first);
  const said = TASK_STATES.filter((name) => outcomes[name] > 0).map(
    (name) => `${say(OUTCOME_NAMES[name])} ${formats.count(outcomes[name])}`,
  );
  return (
    <svg
      ref={ref}
      class="bar"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-hidden={silent}
    >
      <title>{said.join(", ") || say("waiting")}</title>
      {shares.under_way === 0 ? null : (
        <defs>
          <pattern id={stripes} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect class="under_way" width="7" height="7" />
            <line class="stripe" y2="7" />
          </pattern>
        </defs>
      )}
      {barParts(shares, width).map(({ outcome, x, width: its }) => (
        <rect
          key={outcome}
          class={outcome === "under_way" ? "" : outcome}
          {...(outcome === "under_way" ? { fill: `url(#${stripes})` } : {})}
          x={x}
          width={Math.max(0, its - (height > 5 ? 0.8 : 0))}
          height={height}
        />
      ))}
    </svg>
  );
}
