import * as z from "zod";

/** A list may have a million wrong entries. So many are told, the others counted, and the next fields have room. */
const MAX_TOLD = 20;

/** Parameter of an issue that stands for so many faults, which were counted and not put into words. */
export const MORE_FAULTS = "more_faults";

export interface ListWords {
  /** What the list must be: `a list of strings`. */
  readonly list: string;
  /** What an entry must be: `a string`. */
  readonly entry: string;
  /** What the entries are: `URLs`. */
  readonly entries: string;
  /** How many different ones there may be. */
  readonly most: number;
}

/** The different strings of a list in their order, up to one more than `most`: what lies beyond is not looked at. */
export function differentStrings(list: readonly unknown[], most: number): Set<string> {
  const different = new Set<string>();
  for (const entry of list) {
    if (typeof entry === "string") different.add(entry);
    if (different.size > most) break;
  }
  return different;
}

/**
 * A list of strings, each kept once. Everything here is one pass: a schema of the entries would make an object for each
 * fault, and 3 million faults fit into a body.
 */
export function differentStringsOf(words: ListWords, error?: z.core.$ZodErrorMap) {
  return (
    z
      .array(z.unknown(), { error: error ?? (() => `must be ${words.list}`) })
      // For the description: nobody checks the entries one by one.
      .meta({ items: { type: "string" } })
      .transform((list, context): string[] => {
        tellWrongEntries(list, words.entry, context);
        const different = differentStrings(list, words.most);
        if (different.size > words.most) {
          context.addIssue(
            `has ${list.length} entries, more than ${words.most} of them different; at most ${words.most} ${words.entries} in one request`,
          );
        }
        return [...different];
      })
  );
}

function tellWrongEntries(list: readonly unknown[], entry: string, context: z.core.$RefinementCtx): void {
  let wrong = 0;
  list.forEach((it, i) => {
    if (typeof it !== "string" && wrong++ < MAX_TOLD)
      context.addIssue({ code: "custom", message: `must be ${entry}`, path: [i] });
  });
  if (wrong > MAX_TOLD) context.addIssue({ code: "custom", message: "", params: { [MORE_FAULTS]: wrong - MAX_TOLD } });
}
