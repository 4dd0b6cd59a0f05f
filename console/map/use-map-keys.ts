import { useState } from "preact/hooks";
import type { Mark } from "./metros.ts";
import { isDirection, nearestTo, nearestTowards } from "./nearest.ts";
import { chosenOf, type Selection, toggled } from "./selection.ts";
import { centreOf, showing, type ViewBox, WHOLE, zoomed } from "./view-box.ts";

interface KeyOptions {
  readonly metros: readonly Mark[];
  readonly recs: readonly Mark[];
  readonly selection: Selection;
  readonly view: ViewBox;
  readonly onView: (view: ViewBox) => void;
  readonly onSelect: (selection: Selection) => void;
}

const STEP = 1.6;

/** The map from the keyboard: one stop for Tab, arrows from metro to metro, Space, Shift and Space, plus and minus. */
export function useMapKeys({ metros, recs, selection, view, onView, onSelect }: KeyOptions) {
  const [active, setActive] = useState<Mark>();
  const [isFocused, setFocused] = useState(false);
  const zoom = (factor: number) => {
    const at = active !== undefined && isFocused ? active : centreOf(view);
    onView(zoomed(view, factor, at));
  };
  const goTo = (mark: Mark | undefined) => {
    if (mark === undefined) return;
    setActive(mark);
    onView(showing(view, mark));
  };
  const choose = (withRec: boolean) => {
    const meant = withRec ? recs.find(({ id }) => id === active?.rec) : active;
    if (meant !== undefined) onSelect(toggled(selection, meant.pops));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (isDirection(key)) {
      if (active !== undefined) goTo(nearestTowards(active, metros, key));
    } else if (key === " ") choose(event.shiftKey);
    else if (key === "+" || key === "=") zoom(STEP);
    else if (key === "-") zoom(1 / STEP);
    else if (key === "0") onView(WHOLE);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onFocus = () => {
    setFocused(true);
    if (active !== undefined) return;
    const chosen = metros.filter((metro) => chosenOf(metro.pops, selection) > 0);
    goTo(nearestTo(centreOf(view), chosen.length > 0 ? chosen : metros));
  };
  return {
    /** The metro that the keys are at, while the map has the focus. */
    active: isFocused ? active : undefined,
    setActive,
    zoomIn: () => zoom(STEP),
    zoomOut: () => zoom(1 / STEP),
    handlers: { onKeyDown, onFocus, onBlur: () => setFocused(false) },
  };
}
