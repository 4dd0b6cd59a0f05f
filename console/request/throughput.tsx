import { useId } from "preact/hooks";
import { useWidth } from "../parts/use-width.ts";
import { useReader } from "../session/reader.ts";
import { niceTop, pathOf, type Sample } from "./samples.ts";

const HEIGHT = 96;
const AXIS = 34;

interface ThroughputProps {
  readonly samples: readonly Sample[];
  /** Where the time ends: when it is due to be done, or now. */
  readonly until: number;
}

/** Bytes a second and the share that is warm, since the page was opened. */
export function Throughput({ samples, until }: ThroughputProps) {
  const { say, formats } = useReader();
  const title = useId();
  const [ref, width] = useWidth(344);
  const [first, last] = [samples[0], samples.at(-1)];
  const top = niceTop(Math.max(0, ...samples.map(({ rate }) => rate)));
  if (first === undefined || last === undefined || samples.length < 2)
    return <p class="quiet small chart-empty">{say("throughputEmpty")}</p>;
  const box = { width: Math.max(60, width - AXIS), height: HEIGHT, from: first.at, to: Math.max(last.at, until) };
  const rate = pathOf(samples, (it) => it.rate / top, box);
  const x = ((last.at - box.from) / Math.max(1, box.to - box.from)) * box.width;
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
        <g transform="translate(0 4)">
          {[0, 0.5, 1].map((share) => (
            <line key={share} class="rule" x2={box.width} y1={HEIGHT * share} y2={HEIGHT * share} />
          ))}
          <path class="area" d={`${rate}L${x.toFixed(1)} ${HEIGHT}L0 ${HEIGHT}Z`} />
          <path class="rate" d={rate} />
          <path class="warm-line" d={pathOf(samples, (it) => it.warm, box)} />
          <line class="now" x1={x} x2={x} y2={HEIGHT} />
          <text class="axis" x={width} y="4" text-anchor="end">
            {formats.figure(top).value.replace(/[.,]0+$/, "")}
          </text>
          <text class="axis" x={width} y={HEIGHT} text-anchor="end">
            0
          </text>
          <text class="axis" x="0" y={HEIGHT + 14}>
            {formats.clock(first.at)}
          </text>
          <text class="axis" x={box.width} y={HEIGHT + 14} text-anchor="end">
            {formats.clock(box.to)}
          </text>
        </g>
      </svg>
      <figcaption class="small quiet">
        <span class="key rate-key">{formats.figure(top).unit}/s</span>
        <span class="key warm-key">{say("warmShare")}</span>
      </figcaption>
    </figure>
  );
}
