import type { Language } from "../../domain/format.ts";
import { type FormatMessage, formatterOf } from "../../domain/messages.ts";
import { MESSAGES } from "./messages.ts";

/** A text of the console in a language, filled in. */
export type Say = FormatMessage<typeof MESSAGES>;

export function sayIn(language: Language): Say {
  return formatterOf(MESSAGES, language);
}
