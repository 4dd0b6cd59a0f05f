const DURATION =
  /^P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{0,12})?)S)?)?$/;
/** Of a year, a month, a day, an hour, a minute and a second. The first two are as players take them. */
const SECONDS = [31_536_000, 2_592_000, 86_400, 3_600, 60, 1];

/** Seconds of a duration of XML Schema, `PT1H2M3.4S`; undefined: it is none. */
export function durationSeconds(text: string): number | undefined {
  const parts = DURATION.exec(text.trim());
  return parts === null ? undefined : SECONDS.reduce((sum, seconds, i) => sum + seconds * Number(parts[i + 1] ?? 0), 0);
}
