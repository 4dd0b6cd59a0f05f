import type { Language } from "../../domain/format.ts";
import { type FormatMessage, formatterOf, type NameOf } from "../../domain/messages.ts";
import { type Reader, useReader } from "../session/reader.ts";
import { FORM_MESSAGES } from "./form-messages.ts";
import { MESSAGES } from "./messages.ts";

/** All texts: those of the form and the map are fetched with them, and no other page needs them. */
const ALL_MESSAGES = { ...MESSAGES, ...FORM_MESSAGES } as const;

/** A text without placeholders. */
export type FormTextName = NameOf<typeof ALL_MESSAGES>;

/** Who reads the form or the map. */
export interface FormReader extends Omit<Reader, "say" | "count"> {
  readonly say: FormatMessage<typeof ALL_MESSAGES>;
  readonly count: (name: Exclude<NameOf<typeof ALL_MESSAGES, "count">, FormTextName>, value: number) => string;
}

const SAY = { en: formatterOf(ALL_MESSAGES, "en"), zh: formatterOf(ALL_MESSAGES, "zh") };

/** As `sayIn`, with the texts of the form and the map. */
export function formSayIn(language: Language): FormReader["say"] {
  return SAY[language];
}

export function useFormReader(): FormReader {
  return formReaderOf(useReader());
}

export function formReaderOf(reader: Reader): FormReader {
  const say = formSayIn(reader.preferences.language);
  return { ...reader, say, count: (name, value) => say(name, { count: value }) };
}
