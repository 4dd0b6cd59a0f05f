import { type ByteUnit, byteFigure, unitOf } from "../../domain/format.ts";

const whole = new Intl.NumberFormat("en");

/** `1,962` */
export function count(value: number): string {
  return whole.format(value);
}

/** `1 task`, `2 tasks` */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** Decimal, three digits: `1.91 TB`, `40 MB`. */
export function bytes(value: number): string {
  const unit = unitOf(value);
  return `${inUnit(value, unit)} ${unit}`;
}

/** `1.91 of 3.06 TB`: both in the unit of the second. @param between @default " of " */
export function bytesOf(part: number, all: number, between = " of "): string {
  const unit = unitOf(all);
  return `${inUnit(part, unit)}${between}${inUnit(all, unit)} ${unit}`;
}

/** Time left as a clock shows it: `0:09`, `5:37`, `2:05:00`, from two days on `3 d 4 h`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h >= 48) return `${Math.floor(h / 24)} d ${h % 24} h`;
  const two = (value: number) => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** In the place of a figure that was not measured. */
export const NOT_MEASURED = "–";

/** The time left as a clock shows it. Below a minute it is rounded up to tens of seconds, as the sentence beside it is. */
export function timeLeft(ms: number): string {
  const tens = Math.max(1, Math.ceil(ms / 10_000));
  return tens < 6 ? clock(tens * 10_000) : clock(ms);
}

/** How long ago, in its largest unit: `8 s`, `12 min`, `3 h`, `2 d`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** `2.4%`; of what is less than a thousandth: `less than 0.1%`. @param share 1 is all */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "less than 0.1%";
  return `${Number((share * 100).toFixed(1))}%`;
}

/** About so much: no cents above ten dollars. */
export function dollars(value: number): string {
  if (value > 0 && value < 0.01) return "less than $0.01";
  return `$${value > 10 ? whole.format(Math.round(value)) : value.toFixed(2)}`;
}

/** A whole number needs no digits behind the point: these figures stand in sentences. */
function inUnit(bytes: number, unit: ByteUnit): string {
  const { value, digits } = byteFigure(bytes, unit);
  return value.toFixed(Number.isInteger(value) ? 0 : digits);
}
