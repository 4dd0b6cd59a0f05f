import { elapsed, stopwatch, timeLeft } from "../../domain/durations.ts";
import { byteFigure, type Language } from "../../domain/format.ts";

/** Numbers and times as a reader of a language writes them, in the reader's time zone. Moments are milliseconds since the epoch. */
export interface Formats {
  readonly count: (value: number) => string;
  /** Whole per cent, rounded down: 100 means all. */
  readonly percent: (value: number) => string;
  /** The same with at most two digits more. */
  readonly finePercent: (value: number) => string;
  readonly bytes: (value: number) => string;
  /** Two parts, where the unit is written smaller. */
  readonly figure: (value: number) => { readonly value: string; readonly unit: string };
  /** Time of day. */
  readonly clock: (at: number) => string;
  readonly utc: (at: number) => string;
  /** What stands after {@link clock}: the time in UTC, or `UTC` alone if the clock shows that. */
  readonly besideClock: (at: number) => string;
  readonly day: (at: number) => string;
  /** `5:37`, `1:05:37` */
  readonly span: (ms: number) => string;
  /** The same of an estimate. */
  readonly left: (ms: number) => string;
  /** How long ago, in one unit. */
  readonly ago: (ms: number) => string;
  /** How long, in one unit. */
  readonly long: (ms: number) => string;
  /** Such as `UTC+8`. */
  readonly zone: (at: number) => string;
}

/** @param timeZone @default the reader's */
export function formatsOf(language: Language, timeZone?: string): Formats {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const zone = timeZone === undefined ? {} : { timeZone };
  const number = new Intl.NumberFormat(locale);
  const hundredths = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, roundingMode: "floor" });
  const hours = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const clock = new Intl.DateTimeFormat(locale, { ...hours, ...zone });
  const utc = new Intl.DateTimeFormat(locale, { ...hours, timeZone: "UTC" });
  const day = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", ...zone });
  const offset = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset", ...zone });
  const figure = (bytes: number) => {
    const { value, digits, unit } = byteFigure(bytes);
    return { value: fixed(locale, value, digits), unit };
  };
  return {
    count: (value) => number.format(value),
    percent: (value) => `${number.format(Math.floor(value))}%`,
    finePercent: (value) => `${hundredths.format(value)}%`,
    bytes: (value) => {
      const { value: text, unit } = figure(value);
      return `${text} ${unit}`;
    },
    figure,
    clock: (at) => clock.format(at),
    utc: (at) => `${utc.format(at)} UTC`,
    besideClock: (at) => (clock.format(at) === utc.format(at) ? "UTC" : `${utc.format(at)} UTC`),
    day: (at) => day.format(at),
    span: (ms) => stopwatch(ms, language),
    left: (ms) => timeLeft(ms, language),
    ago: (ms) => (language === "zh" ? `${elapsed(ms, language)}前` : `${elapsed(ms, language)} ago`),
    long: (ms) => elapsed(ms, language),
    zone: (at) =>
      (offset.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "UTC").replace("GMT", "UTC"),
  };
}

function fixed(locale: string, value: number, digits: number): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}
