import * as z from "zod";
import { cutText } from "../result/failure.ts";

/** So many examples, of so many characters each: an item is billed by the kilobyte, and written again and again. */
const MAX_EXAMPLES = 3;
const MAX_EXAMPLE = 300;

/** The good URLs whose headers say that a cache may not keep them, as Get Size saw them. */
export const doubtfulUrlsSchema = z.object({
  count: z.number().int().nonnegative(),
  /** A few of them: the URL, and the header. */
  examples: z.array(z.string()),
});
export type DoubtfulUrls = z.infer<typeof doubtfulUrlsSchema>;

/** @param url one more; `obstacle`: the header that is in the way */
export function withDoubtful({ count, examples }: DoubtfulUrls, url: string, obstacle: string): DoubtfulUrls {
  const example = cutText(`${obstacle} of ${url}`, MAX_EXAMPLE);
  return { count: count + 1, examples: count < MAX_EXAMPLES ? [...examples, example] : examples };
}

export const NO_DOUBT: DoubtfulUrls = { count: 0, examples: [] };
