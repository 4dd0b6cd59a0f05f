// https://www.w3.org/TR/NOTE-datetime
const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i;

/** `Wed, 02 Oct 2024 13:00:00 GMT`, as RSS has it: https://www.rfc-editor.org/rfc/rfc822#section-5.1 */
const RFC_822 =
  /^(?:[a-z]{3},\s{0,9})?\d{1,2}\s{1,9}[a-z]{3}\s{1,9}\d{2}(?:\d{2})?\s{1,9}\d{2}:\d{2}(?::\d{2})?\s{1,9}(?:[+-]\d{4}|ut|gmt|[ecmp][sd]t|z)$/i;

/**
 * Whether something was changed at `since` or later. A date without a time is taken to its end, since the change may have
 * been late that day; a time without a zone is UTC. What cannot be read counts as changed.
 * @param lastmod as a sitemap has it: a year, a month, a day or a time; or as a feed of RSS has it
 * @param since ISO 8601
 */
export function isSince(lastmod: string, since: string): boolean {
  const last = lastMoment(lastmod.trim());
  const first = Date.parse(since);
  return !(last < first);
}

/** The last millisecond that a date may mean, since the epoch; NaN: it is none. */
function lastMoment(text: string): number {
  const [all, year, month, day, time, zone = "Z"] = DATE.exec(text) ?? [];
  if (all === undefined) return RFC_822.test(text) ? Date.parse(text) : Number.NaN;
  if (time !== undefined) return Date.parse(`${year}-${month}-${day}T${time}${zone.toUpperCase()}`);
  if (month === undefined) return Date.UTC(Number(year) + 1, 0) - 1;
  if (day === undefined) return Date.UTC(Number(year), Number(month)) - 1;
  return Date.UTC(Number(year), Number(month) - 1, Number(day) + 1) - 1;
}
