import type { Language } from "./format.ts";

/**
 * A text in each language: a whole message in the syntax of ICU, with named placeholders (`{pop}`) and plural forms
 * (`{count, plural, one {# POP} other {# POPs}}`): https://unicode-org.github.io/icu/userguide/format_parse/messages/
 */
export type Message = Readonly<Record<Language, string>>;

/** The texts of one surface, by name. */
export type Catalogue = Readonly<Record<string, Message>>;

/** The names of a text's placeholders. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? Inner extends `${infer Name}, plural,${string}`
    ? Name | Placeholders<AfterForms<Rest>>
    : Inner | Placeholders<Rest>
  : never;

/** What follows the plural forms of a placeholder: the last of them ends in `}}`. */
type AfterForms<Rest extends string> = Rest extends `}${infer After}`
  ? After
  : Rest extends `${string}}}${infer After}`
    ? After
    : never;

/** A list is written as the language separates its parts. */
type Value = string | number | readonly string[];

/** The values that a message needs: those of its placeholders in all languages. */
type Values<M extends Message> = Readonly<Record<Placeholders<M[Language]>, Value>>;

/** The names of the texts whose only placeholders are these. @typeParam P none by default */
export type NameOf<C extends Catalogue, P extends string = never> = {
  [Name in keyof C]: [Placeholders<C[Name][Language]>] extends [P] ? Name : never;
}[keyof C];

/** The text of a name, with its values filled in: numbers as the language writes them. */
export type FormatMessage<C extends Catalogue> = <Name extends keyof C>(
  name: Name,
  ...values: [Placeholders<C[Name][Language]>] extends [never] ? [] : [Values<C[Name]>]
) => string;

const PLACEHOLDER = /\{(\w+)(?:, plural,((?: \w+ \{[^{}]*\})+))?\}/g;

export function formatterOf<C extends Catalogue>(catalogue: C, language: Language): FormatMessage<C> {
  const number = new Intl.NumberFormat(language);
  const plural = new Intl.PluralRules(language);
  const list = new Intl.ListFormat(language, { style: "narrow" });
  const shownOf = (value: Value) =>
    typeof value === "string" ? value : typeof value === "number" ? number.format(value) : list.format(value);
  return (name, ...[values]: readonly Readonly<Record<string, Value>>[]) =>
    catalogue[name]?.[language].replaceAll(PLACEHOLDER, (_, key: string, forms: string | undefined) => {
      const value = values?.[key] ?? "";
      const shown = shownOf(value);
      if (forms === undefined) return shown;
      const form = new RegExp(` ${plural.select(Number(value))} \\{([^{}]*)\\}`).exec(forms)?.[1] ?? "";
      return form.replace("#", shown);
    }) ?? "";
}
