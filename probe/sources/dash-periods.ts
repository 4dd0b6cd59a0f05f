import { durationSeconds } from "../../domain/sources/dash-duration.ts";
import { childrenOf, type Element } from "./mpd.ts";

/** A period, and how long it is in seconds; undefined: nobody says. */
export interface Period {
  readonly element: Element;
  readonly seconds: number | undefined;
}

/** The periods of a manifest. Each lasts until the next one begins, if it does not say how long (ISO/IEC 23009-1, 5.3.2.1). */
export function periodsOf(mpd: Element): readonly Period[] {
  const elements = childrenOf(mpd, "Period");
  const whole = secondsOf(mpd, "mediaPresentationDuration");
  let start: number | undefined = 0;
  return elements.map((element, i) => {
    start = secondsOf(element, "start") ?? start;
    const next = elements[i + 1];
    const end = next === undefined ? whole : secondsOf(next, "start");
    const between: number | undefined = end === undefined || start === undefined ? undefined : end - start;
    const seconds = secondsOf(element, "duration") ?? between;
    start = start === undefined || seconds === undefined ? undefined : start + seconds;
    return { element, seconds };
  });
}

function secondsOf({ attributes }: Element, name: string): number | undefined {
  const text = attributes[name];
  return text === undefined ? undefined : durationSeconds(text);
}
