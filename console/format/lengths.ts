import type { Language } from "../../domain/format.ts";

type Unit = "s" | "min" | "h" | "d";

const UNITS: Readonly<Record<Language, Readonly<Record<Unit, string>>>> = {
  en: { s: "s", min: "min", h: "h", d: "d" },
  zh: { s: "秒", min: "分钟", h: "小时", d: "天" },
};

/** A length of time in the largest unit that is there at least once: `14 min`, `25 h`, `3 d`. */
export function lengthIn(language: Language, ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [amount, unit] = largest(seconds);
  return `${amount} ${UNITS[language][unit]}`;
}

function largest(seconds: number): readonly [number, Unit] {
  if (seconds < 60) return [seconds, "s"];
  if (seconds < 3_600) return [Math.floor(seconds / 60), "min"];
  // A day is near enough to be told in hours.
  return seconds < 172_800 ? [Math.floor(seconds / 3_600), "h"] : [Math.floor(seconds / 86_400), "d"];
}

export function agoIn(language: Language, ms: number): string {
  const length = lengthIn(language, ms);
  return language === "zh" ? `${length}前` : `${length} ago`;
}
