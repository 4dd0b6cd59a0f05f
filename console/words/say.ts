import type { Language } from "../../domain/format.ts";
import { ZH } from "./chinese.ts";
import { EN } from "./english.ts";
import type { Table, TextName } from "./table.ts";

const TABLES: Readonly<Record<Language, Table>> = { en: EN, zh: ZH };

/** A text in a language, filled in. @param many which form is meant, where the text has forms by number */
export type Say = (name: TextName, values?: readonly string[], many?: number) => string;

export function sayIn(language: Language): Say {
  const table = TABLES[language];
  return (name, values = [], many = 0) => {
    const text = table[name];
    const form = typeof text === "string" ? text : many === 1 ? text.one : text.other;
    return form.replaceAll(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? "");
  };
}
