import type { EN } from "./english.ts";

/** A text, or its forms by number. `{0}`, `{1}` stand for what is put in. */
export type Text = string | { readonly one: string; readonly other: string };

export type TextName = keyof typeof EN;

/** Every language has every text. */
export type Table = Readonly<Record<TextName, Text>>;
