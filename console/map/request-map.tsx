import { siteOf } from "../../domain/pops/sites.ts";
import { NO_TASK_STATES, TASK_STATES, type TaskState, type TaskStates } from "../../domain/readiness/task-states.ts";
import { BAD_SHAPES } from "../parts/forms.ts";
import { OUTCOME_NAMES } from "../parts/outcome-names.ts";
import { Shape } from "../parts/shape.tsx";
import type { FormTextName } from "../words/form-reader.ts";
import { useFormReader } from "../words/form-reader.ts";
import { metrosOf } from "./metros.ts";
import { cityName } from "./names.ts";
import { sectorsOf } from "./sectors.ts";
import { legendOf, markOf } from "./state-marks.ts";
import { WorldSvg } from "./world-svg.tsx";

/** A POP with the states of its tasks. */
export interface PopOutcomes {
  readonly pop: string;
  readonly outcomes: TaskStates;
  /** The request has ended without all of its results. */
  readonly unfinished?: boolean;
}

/** The sum of the states of these POPs. */
export function summedOutcomes(pops: readonly PopOutcomes[]): TaskStates {
  const sum = { ...NO_TASK_STATES };
  for (const { outcomes } of pops) for (const name of TASK_STATES) sum[name] += outcomes[name];
  return sum;
}

/** One request's POPs on the map, each metro a disc of what its tasks came to. */
export function RequestMap({ pops }: { readonly pops: readonly PopOutcomes[] }) {
  const { say, formats, preferences } = useFormReader();
  const { metros: places, unplaced } = metrosOf(pops, ({ pop }) => pop);
  // Failures come last, so that nothing hides them.
  const metros = places
    .map((place) => ({ ...place, outcomes: summedOutcomes(place.pops) }))
    .toSorted((a, b) => Number(isBad(a.outcomes)) - Number(isBad(b.outcomes)));
  const legend = legendOf(
    metros.map(({ outcomes }) => outcomes),
    TASK_STATES,
  );
  // Then a disc is all that its metro has.
  const isOver = metros.every(({ outcomes }) => outcomes.under_way + outcomes.waiting === 0);
  const nameOf = (outcome: TaskState) =>
    outcome === "waiting" && pops.some((it) => it.unfinished === true) ? "notTried" : OUTCOME_NAMES[outcome];
  const said = (outcomes: TaskStates) =>
    TASK_STATES.filter((name) => outcomes[name] > 0)
      .map((name) => `${say(nameOf(name))} ${formats.count(outcomes[name])}`)
      .join(", ");
  return (
    <figure class="map read">
      <WorldSvg label={say("map")}>
        {(pixel, minRadius) =>
          metros.map(({ site, x, y, radius, outcomes }) => (
            <g key={site} class="metro-state" transform={`translate(${x} ${y})`}>
              <title>{`${cityName(siteOf(site)?.city ?? site, preferences.language)} ${site}: ${said(outcomes) || say("waiting")}`}</title>
              <Mark outcomes={outcomes} radius={Math.max(radius, minRadius)} pixel={pixel} />
            </g>
          ))
        }
      </WorldSvg>
      <figcaption class="legend small">
        {legend.map((name) => (
          <span key={name} class={name}>
            <Shape form={name} />
            <span>{say((isOver ? AT_THE_END[name] : undefined) ?? nameOf(name))}</span>
          </span>
        ))}
      </figcaption>
      {unplaced.length === 0 ? null : (
        <p class="quiet small">{say("notOnMap", { pops: unplaced.map(({ pop }) => pop).join(", ") })}</p>
      )}
    </figure>
  );
}

/** Where a metro has one mark alone, it says this. */
const AT_THE_END: Partial<Readonly<Record<TaskState, FormTextName>>> = {
  warm: "allWarmHere",
  not_kept: "someNotKept",
  failed: "someFailed",
};

/** The width of the shape of what is bad, in CSS pixels. */
const SHAPE_PX = 11;

interface MarkProps {
  readonly outcomes: TaskStates;
  /** In the map's units, as `pixel` is. */
  readonly radius: number;
  readonly pixel: number;
}

function Mark({ outcomes, radius, pixel }: MarkProps) {
  const { disc, bad } = markOf(outcomes);
  const size = SHAPE_PX * pixel;
  // Beside the disc, or in its place.
  const [x, y] = disc ? [radius, -radius] : [0, 0];
  return (
    <>
      {disc ? <circle class="waiting" r={tenths(radius + pixel)} /> : null}
      {disc
        ? sectorsOf(outcomes).map(({ outcome, path }) => (
            <path key={outcome} class={outcome} d={path} transform={`scale(${tenths(radius)})`} />
          ))
        : null}
      {bad === undefined ? null : (
        <path
          class={`trouble ${bad}`}
          d={BAD_SHAPES[bad]}
          transform={`translate(${tenths(x - size / 2)} ${tenths(y - size / 2)}) scale(${(size / 12).toFixed(2)})`}
        />
      )}
    </>
  );
}

function isBad(outcomes: TaskStates): boolean {
  return markOf(outcomes).bad !== undefined;
}

/** No digit more than is seen: a report page has hundreds of them. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
