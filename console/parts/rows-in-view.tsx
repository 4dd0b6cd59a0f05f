import { useState } from "preact/hooks";

/** Height of a row, in CSS pixels: page.css has it, too. */
export const ROW_PX = 28;
/** Rows that are made above and below those in sight. */
const SPARE = 4;

/** Of many rows those in sight. @param shownPx how high the box is that scrolls */
export function useRowsInView<T>(rows: readonly T[], shownPx: number) {
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.min(rows.length - 1, Math.floor(top / ROW_PX) - SPARE));
  const shown = rows.slice(first, first + Math.ceil(shownPx / ROW_PX) + 2 * SPARE);
  return {
    /** Number of the first one that is made, from 0. */
    first,
    shown,
    above: first,
    below: rows.length - first - shown.length,
    onScroll: ({ currentTarget }: { readonly currentTarget: Element }) => setTop(currentTarget.scrollTop),
  };
}

/** The place of rows that are not made. Its height is an attribute of SVG: the page's policy allows no style attribute. */
export function Room({ rows }: { readonly rows: number }) {
  return <svg class="room" width="1" height={rows * ROW_PX} aria-hidden="true" />;
}
