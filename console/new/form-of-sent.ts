import type { Variant } from "../../domain/request/options.ts";
import { EMPTY_FORM, type Form } from "./form.ts";
import { formOfBody } from "./form-of-body.ts";
import type { Handover } from "./handover.ts";
import { COMPRESSIONS, DEVICES } from "./variant-choices.ts";

/** A form that another request has filled. */
export interface Filled {
  readonly id: string;
  readonly form: Form;
  readonly lacks: Lacks;
  /** It is to be sent as it is, and nothing is missing. */
  readonly asks: boolean;
}

/** What is not kept of a request, so that the form lacks it. */
export interface Lacks {
  readonly headers: number;
  /** Names of variants. */
  readonly variants: readonly string[];
  readonly urls: number;
}

export function filledFrom({ id, sent, asks }: Handover): Filled {
  const variants = readyMade(sent.variant_names);
  const form = formOfBody({ ...sent.body, variants }) ?? EMPTY_FORM;
  // Ready-made variants have the names of those that were sent, and may have other headers.
  const lacks = { headers: sent.header_count, variants: sent.variant_names, urls: sent.urls_omitted };
  return { id, form, lacks, asks: asks && !isLacking(lacks) };
}

export function isLacking({ headers, variants, urls }: Lacks): boolean {
  return headers + variants.length + urls > 0;
}

/** The ready-made variants of these names. Undefined: some are of another kind. */
function readyMade(names: readonly string[]): readonly Variant[] | undefined {
  return [COMPRESSIONS, DEVICES]
    .find((recipes) => names.every((name) => recipes.some((it) => it.name === name)))
    ?.filter(({ name }) => names.includes(name));
}
