// How a request stands, on the tab of the browser. The page's policy allows no image that is made in the page: lib/bundling.ts writes a file for each.
import { BAD_SHAPES, type Form } from "./forms.ts";

/** A ring in steps of so many per cent. */
const STEP = 10;

/** Visible on light and on dark tabs. */
const COLOURS = {
  mark: "#d9480f",
  track: "#868f9a66",
  warm: "#0b9a7a",
  bad: "#e0254f",
  exception: "#cf8a00",
  rest: "#868f9a",
};

const line = (colour: string) => `fill="none" stroke="${colour}" stroke-width="2"`;

const ENDED = {
  warm: `<circle cx="6" cy="6" r="5" fill="${COLOURS.warm}"/>`,
  done: `<circle cx="6" cy="6" r="4.6" ${line(COLOURS.warm)}/>`,
  not_kept: `<path d="${BAD_SHAPES.not_kept}" fill="${COLOURS.exception}"/>`,
  failed: `<path d="${BAD_SHAPES.failed}" ${line(COLOURS.bad)}/>`,
  stopped: `<rect x="1.5" y="1.5" width="9" height="9" rx="1.5" fill="${COLOURS.rest}"/>`,
};

function ring(percent: number): string {
  const circle = `<circle cx="6" cy="6" r="4.9" pathLength="100" `;
  const done = `stroke-dasharray="${percent} 100" transform="rotate(-90 6 6)" `;
  return `${circle}${line(COLOURS.track)}/>${circle}${done}${line(COLOURS.mark)}/>`;
}

/** All of them, by the file's name. */
export function tabIcons(): Record<string, string> {
  const rings = Array.from({ length: 100 / STEP }, (_, n) => [nameOf(n * STEP), ring(n * STEP)] as const);
  const ended = Object.entries(ENDED).map(([form, drawing]) => [nameOf(form), drawing] as const);
  const svg = (drawing: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12">${drawing}</svg>`;
  return Object.fromEntries([...rings, ...ended].map(([name, drawing]) => [name, svg(drawing)]));
}

const nameOf = (what: string | number) => `icon-${what}.svg`;

/** The file of a request: its share while it runs, and then the shape of how it ended. */
export function tabIconOf(form: Form, percent: number): string {
  switch (form) {
    case "under_way":
    case "waiting":
      return nameOf(Math.min(100 - STEP, Math.floor(percent / STEP) * STEP));
    case "timed_out":
      return nameOf("not_kept");
    case "hit":
    case "regional":
      return nameOf("done");
    default:
      return nameOf(form);
  }
}
