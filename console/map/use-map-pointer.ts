import { useRef, useState } from "preact/hooks";
import { isWithin } from "./lasso.ts";
import type { Mark } from "./metros.ts";
import type { Point } from "./miller.ts";
import { nearestTo } from "./nearest.ts";
import { panned, type ViewBox } from "./view-box.ts";

export type Tool = "move" | "lasso";

interface PointerOptions {
  readonly marks: readonly Mark[];
  readonly view: ViewBox;
  readonly pixel: number;
  readonly tool: Tool;
  readonly onView: (view: ViewBox) => void;
  readonly onPress: (mark: Mark) => void;
  /** Metros within a line that was drawn. */
  readonly onCatch: (marks: readonly Mark[]) => void;
}

/** A hand that trembles still clicks; CSS pixels. */
const SLACK = 4;
/** A place is met this far from its rim, too. */
const REACH = 6;

interface Drag {
  readonly from: Point;
  readonly view: ViewBox;
  readonly kind: Tool;
  isMoving: boolean;
}

/** A click chooses, a drag moves the map; with Shift or the lasso it draws a line around metros. */
export function useMapPointer({ marks, view, pixel, tool, onView, onPress, onCatch }: PointerOptions) {
  const drag = useRef<Drag | undefined>(undefined);
  const [line, setLine] = useState<readonly Point[]>([]);
  const [hovered, setHovered] = useState<Mark>();

  const pointOf = (event: PointerEvent & { readonly currentTarget: Element }, of = view): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: of.x + (event.clientX - box.left) * pixel, y: of.y + (event.clientY - box.top) * pixel };
  };
  const markAt = (point: Point): Mark | undefined => {
    const near = marks.filter(({ x, y, radius }) => Math.hypot(x - point.x, y - point.y) <= radius + REACH * pixel);
    return nearestTo(point, near);
  };
  type On = PointerEvent & { readonly currentTarget: SVGSVGElement };
  const end = () => {
    drag.current = undefined;
    setLine([]);
  };
  return {
    line,
    hovered,
    handlers: {
      onPointerDown: (event: On) => {
        if (event.button !== 0) return;
        const kind = event.shiftKey ? "lasso" : tool;
        drag.current = { from: pointOf(event), view, kind, isMoving: false };
      },
      onPointerMove: (event: On) => {
        const it = drag.current;
        if (it === undefined) return setHovered(markAt(pointOf(event)));
        const now = pointOf(event, it.view);
        const by = { x: it.from.x - now.x, y: it.from.y - now.y };
        if (!it.isMoving && Math.hypot(by.x, by.y) < SLACK * pixel) return;
        if (!it.isMoving) event.currentTarget.setPointerCapture(event.pointerId);
        it.isMoving = true;
        setHovered(undefined);
        if (it.kind === "move") onView(panned(it.view, by));
        else setLine((before) => [...(before.length === 0 ? [it.from] : before), now]);
      },
      onPointerUp: (event: On) => {
        const it = drag.current;
        if (it === undefined) return;
        const pressed = it.isMoving ? undefined : markAt(pointOf(event));
        if (pressed !== undefined) onPress(pressed);
        const caught = line.length < 3 ? [] : marks.filter((mark) => mark.kind === "metro" && isWithin(mark, line));
        if (caught.length > 0) onCatch(caught);
        end();
      },
      onPointerCancel: end,
      onPointerLeave: () => setHovered(undefined),
    },
  };
}
