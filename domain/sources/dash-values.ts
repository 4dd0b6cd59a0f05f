const DURATION =
  /^P(?=\d|T\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{0,40})?)S)?)?$/;
/** Of a year, a month, a day, an hour, a minute and a second. The first two are as players take them. */
const SECONDS = [31_536_000, 2_592_000, 86_400, 3_600, 60, 1];

/** Seconds of a duration of XML Schema, `PT1H2M3.4S`; undefined: it is none. */
export function durationSeconds(text: string): number | undefined {
  const parts = DURATION.exec(text.trim());
  return parts === null ? undefined : SECONDS.reduce((sum, seconds, i) => sum + seconds * Number(parts[i + 1] ?? 0), 0);
}

const NUMBER = /^([+-]?)(\d{1,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/;
/** The largest type of a manifest is `xs:unsignedLong`. */
const BEYOND = 2n ** 64n;

/**
 * A number that is an integer, however it is written: packagers also write `2000000.0` and `2E6`.
 * @returns undefined: it is none, or does not fit into 64 bits
 */
export function integerOf(text: string): bigint | undefined {
  const [, sign, whole, fraction = "", exponent = "0"] = NUMBER.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length;
  const scale = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % scale !== 0n) return undefined;
  const value = shift < 0 ? digits / scale : digits * scale;
  if (value >= BEYOND) return undefined;
  return sign === "-" ? -value : value;
}
