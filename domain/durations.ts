import type { Language } from "./format.ts";
import { type Catalogue, formatterOf } from "./messages.ts";

export const DURATION_MESSAGES = {
  days: { en: "{days, plural, one {# day} other {# days}}", zh: "{days} 天" },
  daysAndHours: { en: "{days, plural, one {# day} other {# days}} {hours} h", zh: "{days} 天 {hours} 小时" },
  hours: { en: "{hours} h", zh: "{hours} 小时" },
  hoursAndMinutes: { en: "{hours} h {minutes} min", zh: "{hours} 小时 {minutes} 分钟" },
  minutes: { en: "{minutes} min", zh: "{minutes} 分钟" },
  seconds: { en: "{seconds} s", zh: "{seconds} 秒" },
} as const satisfies Catalogue;

/** A length of time in two units at most. Seconds are rounded up to tens, so that they do not flicker, and minutes to whole ones. */
export function duration(ms: number, language: Language): string {
  const say = formatterOf(DURATION_MESSAGES, language);
  const tens = Math.max(1, Math.ceil(ms / 10_000));
  if (tens < 6) return say("seconds", { seconds: tens * 10 });
  const all = Math.max(1, Math.round(ms / 60_000));
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return say("minutes", { minutes });
  if (hours < 48) return minutes === 0 ? say("hours", { hours }) : say("hoursAndMinutes", { hours, minutes });
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? say("days", { days }) : say("daysAndHours", { days, hours: hours % 24 });
}
