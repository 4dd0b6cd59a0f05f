import type { Language } from "./format.ts";
import { type Catalogue, formatterOf } from "./messages.ts";

export const DURATION_MESSAGES = {
  days: { en: "{days} d", zh: "{days} 天" },
  daysAndHours: { en: "{days} d {hours} h", zh: "{days} 天 {hours} 小时" },
  hours: { en: "{hours} h", zh: "{hours} 小时" },
  hoursAndMinutes: { en: "{hours} h {minutes} min", zh: "{hours} 小时 {minutes} 分钟" },
  minutes: { en: "{minutes} min", zh: "{minutes} 分钟" },
  seconds: { en: "{seconds} s", zh: "{seconds} 秒" },
} as const satisfies Catalogue;

const SAY = { en: formatterOf(DURATION_MESSAGES, "en"), zh: formatterOf(DURATION_MESSAGES, "zh") } as const;

/** Below so many hours, a length of time is written in hours: a day is near enough. */
const HOURS_UNTIL_DAYS = 48;

/** An estimate, in two units at most: seconds are rounded up to tens, so that they do not flicker, and minutes to whole ones. */
export function duration(ms: number, language: Language): string {
  const say = SAY[language];
  const rounded = steadySeconds(ms);
  if (rounded < 60) return say("seconds", { seconds: rounded });
  const all = Math.max(1, Math.round(ms / 60_000));
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return say("minutes", { minutes });
  if (hours >= HOURS_UNTIL_DAYS) return inDays(hours, language);
  return minutes === 0 ? say("hours", { hours }) : say("hoursAndMinutes", { hours, minutes });
}

/** What has passed, rounded down to one unit: `8 s`, `12 min`, `25 h`, `2 d`. */
export function elapsed(ms: number, language: Language): string {
  const say = SAY[language];
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  if (seconds < 60) return say("seconds", { seconds });
  if (hours === 0) return say("minutes", { minutes: Math.floor(seconds / 60) });
  return hours < HOURS_UNTIL_DAYS ? say("hours", { hours }) : say("days", { days: Math.floor(hours / 24) });
}

/** As a stopwatch shows it, to the second: `0:09`, `5:37`, `2:05:00`, from two days on `3 d 4 h`. */
export function stopwatch(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [hours, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours >= HOURS_UNTIL_DAYS) return inDays(hours, language);
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The time left as a stopwatch shows it. Below a minute it is rounded as {@link duration} rounds it: never 0 while a request runs. */
export function timeLeft(ms: number, language: Language): string {
  const rounded = steadySeconds(ms);
  return stopwatch(rounded < 60 ? rounded * 1_000 : ms, language);
}

/** Rounded up to tens. */
function steadySeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 10_000)) * 10;
}

function inDays(hours: number, language: Language): string {
  const [days, rest] = [Math.floor(hours / 24), hours % 24];
  return rest === 0 ? SAY[language]("days", { days }) : SAY[language]("daysAndHours", { days, hours: rest });
}
