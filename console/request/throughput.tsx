import { useId } from "preact/hooks";
import { useWidth } from "../parts/use-width.ts";
import { useReader } from "../session/reader.ts";
import { type ChartBox, niceTop, pathOf, placeOf, type SamplePoint } from "./samples.ts";

const HEIGHT = 96;
const AXIS = 34;
const DAY_MS = 86_400_000;

/** Where the line of what is warm will lead at the rate of now. */
export interface Ahead {
  /** When the rest will be done. */
  readonly at: number;
  readonly warm: number;
}

interface ThroughputProps {
  readonly points: readonly SamplePoint[];
  /** @default nothing is known of it */
  readonly ahead?: Ahead | undefined;
  /** It has ended: nothing is "now". */
  readonly ended?: boolean;
}

/** Bytes a second and the share that is warm, since the page was opened. */
export function Throughput({ points, ahead, ended = false }: ThroughputProps) {
  const { say, formats } = useReader();
  const title = useId();
  const [ref, width] = useWidth(344);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.every(({ rate }) => rate === 0))
    return <p class="quiet small chart-empty">{say("throughputEmpty")}</p>;
  const top = niceTop(Math.max(0, ...points.map(({ rate }) => rate)));
  const box = {
    width: Math.max(60, width - 2 * AXIS),
    height: HEIGHT,
    from: first.at,
    to: Math.max(last.at, ahead?.at ?? 0),
  };
  const rate = pathOf(points, (it) => it.rate / top, box);
  const x = placeOf(last.at, box);
  const said = `${say("throughput")}: ${formats.bytes(last.rate)}/s, ${say("warm")} ${formats.percent(last.warm * 100)}`;
  return (
    <figure class="chart">
      <svg
        ref={ref}
        width="100%"
        height={HEIGHT + 20}
        viewBox={`0 0 ${width} ${HEIGHT + 20}`}
        role="img"
        aria-labelledby={title}
      >
        <title id={title}>{said}</title>
        <g transform={`translate(${AXIS} 4)`}>
          {[0, 0.5, 1].map((share) => (
            <line key={share} class="rule" x2={box.width} y1={HEIGHT * share} y2={HEIGHT * share} />
          ))}
          <path class="area" d={`${rate}L${x.toFixed(1)} ${HEIGHT}L0 ${HEIGHT}Z`} />
          <path class="rate" d={rate} />
          <path class="warm-line" d={pathOf(points, (it) => it.warm, box)} />
          {ahead === undefined || ahead.at <= last.at ? null : (
            <path class="warm-line ahead" d={pathOf([last, ahead], (it) => it.warm, box)} />
          )}
          {ended ? null : <line class="now" x1={x} x2={x} y2={HEIGHT} />}
          <Axis x={-4} top={formats.percent(100)} bottom={formats.percent(0)} />
          <Axis x={box.width + AXIS} top={formats.figure(top).value.replace(/[.,]0+$/, "")} bottom="0" />
          <Times box={box} now={ended ? undefined : x} />
        </g>
      </svg>
      <figcaption class="small quiet">
        <span class="key rate-key">{formats.figure(top).unit}/s</span>
        <span class="key warm-key">{say("warmShare")}</span>
      </figcaption>
    </figure>
  );
}

/** The ends of an axis: per cent of the tasks on the left, bytes a second on the right. */
function Axis({ x, top, bottom }: { readonly x: number; readonly top: string; readonly bottom: string }) {
  return (
    <>
      <text class="axis" x={x} y="4" text-anchor="end">
        {top}
      </text>
      <text class="axis" x={x} y={HEIGHT} text-anchor="end">
        {bottom}
      </text>
    </>
  );
}

/** What is below: when it begins and ends, and now, where there is room for the word. */
function Times({ box, now }: { readonly box: ChartBox; readonly now: number | undefined }) {
  const { say, formats } = useReader();
  const name = box.to - box.from > DAY_MS ? formats.day : formats.clock;
  const y = HEIGHT + 14;
  const fits = now !== undefined && now > box.width * 0.25 && now < box.width * 0.75;
  return (
    <>
      <text class="axis" x="0" y={y}>
        {name(box.from)}
      </text>
      {fits ? (
        <text class="axis" x={now} y={y} text-anchor="middle">
          {say("now")}
        </text>
      ) : null}
      <text class="axis" x={box.width} y={y} text-anchor="end">
        {name(box.to)}
      </text>
    </>
  );
}
