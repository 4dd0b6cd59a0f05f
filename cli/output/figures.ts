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

/** In the place of a figure that was not measured. */
export const NOT_MEASURED = "–";

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
