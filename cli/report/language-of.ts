import { LANGUAGES, type Language } from "../../domain/format.ts";
import type { Shell } from "../shell.ts";

/** What is said; else the language of the terminal, as its environment or the system tells it; else English. */
export function languageOf(
  said: Language | undefined,
  { LC_ALL = "", LC_MESSAGES = "", LANG = "" }: Shell["env"],
  system = Intl.DateTimeFormat().resolvedOptions().locale,
): Language {
  const locale = LC_ALL || LC_MESSAGES || LANG || system;
  return said ?? LANGUAGES.find((language) => locale.startsWith(language)) ?? "en";
}
