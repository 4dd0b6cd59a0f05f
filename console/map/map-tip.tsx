import type { Described } from "./describe.ts";
import { textWidth } from "./labels.ts";
import type { Mark } from "./metros.ts";
import { heightOf, type ViewBox } from "./view-box.ts";

const SIZE = 12;
const PAD = 10;
const HEIGHT = 44;

interface MapTipProps {
  readonly mark: Mark;
  readonly described: Described;
  readonly view: ViewBox;
  readonly pixel: number;
}

/** What a place is, beside it and never over the map's edge. Of SVG: the page's policy allows no style attribute. */
export function MapTip({ mark, described, view, pixel }: MapTipProps) {
  const { title, code, says } = described;
  const width = Math.max(textWidth(`${title} ${code}`, SIZE), textWidth(says, SIZE * 0.92)) + 2 * PAD;
  const [right, bottom] = [view.x + view.width, view.y + heightOf(view)];
  const room = 12 * pixel;
  const isLeft = mark.x + room + width * pixel > right;
  const x = isLeft ? Math.max(view.x, mark.x - room - width * pixel) : mark.x + room;
  const y = Math.min(Math.max(view.y + 4 * pixel, mark.y - (HEIGHT + 14) * pixel), bottom - HEIGHT * pixel);
  return (
    <g class="map-tip" transform={`translate(${x} ${y}) scale(${pixel})`}>
      <rect width={width} height={HEIGHT} rx="6" />
      <text x={PAD} y="18" font-size={SIZE}>
        <tspan font-weight="600">{title}</tspan> {code}
      </text>
      <text x={PAD} y="35" font-size={SIZE}>
        {says}
      </text>
    </g>
  );
}
