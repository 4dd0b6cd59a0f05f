import { useState } from "preact/hooks";
import type { PopUrls } from "../../client/answers.ts";
import { OUTCOME_NAMES } from "../parts/outcome-names.ts";
import { Shape } from "../parts/shape.tsx";
import { useWidth } from "../parts/use-width.ts";
import { useReader } from "../session/reader.ts";
import { outcomeOf, stripParts } from "./strip-parts.ts";

const HEIGHT = 40;
const WIDEST = 12;

type Bucket = PopUrls["buckets"][number];

/** The tasks of a POP in the order of the list. Arrows go from bucket to bucket; the line below says what one stands for. */
export function Strip({ buckets }: Pick<PopUrls, "buckets">) {
  const { say } = useReader();
  const [ref, width] = useWidth<HTMLDivElement>(400);
  const worst = buckets.findIndex(({ failed }) => failed > 0);
  const [at, setAt] = useState(Math.max(0, worst));
  const words = useBucketWords();
  const bucket = buckets[at];
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(buckets.length - 1, at + step)));
  };
  if (bucket === undefined) return null;
  const outcome = outcomeOf(bucket.state);
  return (
    <>
      <div
        ref={ref}
        class="strip"
        role="slider"
        tabIndex={0}
        aria-label={say("stripLabel")}
        aria-valuemin={1}
        aria-valuemax={buckets.length}
        aria-valuenow={at + 1}
        aria-valuetext={words(bucket)}
        onKeyDown={move}
      >
        <svg class="bar" height={HEIGHT + 4} viewBox={`0 0 ${width} ${HEIGHT + 4}`} aria-hidden="true">
          {stripParts(buckets, { width, height: HEIGHT, widest: WIDEST }).map((part, i) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: keys move along the strip as the mouse does
            <g key={String(i)} onMouseEnter={() => setAt(i)} onClick={() => setAt(i)}>
              <rect class="room" x={part.x} width={part.width} height={HEIGHT} />
              <rect class={part.outcome} x={part.x} y={part.y} width={part.width} height={part.height} />
              {i === at ? <rect class="mark" x={part.x} y={HEIGHT + 2} width={part.width} height="2" /> : null}
            </g>
          ))}
        </svg>
      </div>
      <p class="strip-line">
        <span class={outcome}>
          <Shape form={outcome} />
        </span>
        {words(bucket)}
      </p>
    </>
  );
}

/** `501–1,000: failed 3`, `7: warm` */
function useBucketWords(): (bucket: Bucket) => string {
  const { say, formats } = useReader();
  return ({ state, first, tasks, failed }) => {
    const last = first + tasks - 1;
    const which = tasks === 1 ? formats.count(first) : `${formats.count(first)}–${formats.count(last)}`;
    const name = say(state === "not_tried" ? "notTried" : OUTCOME_NAMES[outcomeOf(state)]);
    return say("stripBucket", {
      position: which,
      outcome: failed > 0 && tasks > 1 ? `${name} ${formats.count(failed)}` : name,
    });
  };
}
