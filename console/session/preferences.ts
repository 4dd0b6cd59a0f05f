import { LANGUAGES, type Language } from "../../domain/format.ts";

/** Each in itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", zh: "中文" };

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** How the reader wants the page. Nothing of a request or of the key is among it, so it may outlive the tab. */
export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  /** Whether single letters do something. */
  readonly shortcuts: boolean;
}

const NAME = "prewarm.preferences";

/** @param languages of the browser, the most wanted first */
export function readPreferences(
  stored: string | null = localStorage.getItem(NAME),
  languages: readonly string[] = navigator.languages,
): Preferences {
  const kept = objectIn(stored);
  const wanted = languages.map((it) => it.slice(0, 2)).find((it): it is Language => isOneOf(LANGUAGES, it));
  return {
    language: isOneOf(LANGUAGES, kept["language"]) ? kept["language"] : (wanted ?? "en"),
    theme: isOneOf(THEMES, kept["theme"]) ? kept["theme"] : "auto",
    shortcuts: kept["shortcuts"] !== false,
  };
}

export function keepPreferences(preferences: Preferences): void {
  localStorage.setItem(NAME, JSON.stringify(preferences));
}

function objectIn(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isOneOf<T extends string>(all: readonly T[], value: unknown): value is T {
  return all.some((it) => it === value);
}
