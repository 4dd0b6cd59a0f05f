import * as z from "zod";
import { RefusedError } from "./refused-error.ts";

/** What GET /prewarm tells beside the totals, if it is asked for. */
export const detailSchema = z.enum(["pops"]);

export type Detail = z.infer<typeof detailSchema>;

/** The value of `detail` in a query string. @throws RefusedError 400, with those that there are, for any other */
export function detailOf(text: string | undefined): Detail | undefined {
  if (text === undefined) return undefined;
  const { data } = detailSchema.safeParse(text);
  if (data !== undefined) return data;
  const known = detailSchema.options.map((option) => `'${option}'`).join(", ");
  throw new RefusedError(400, `detail: '${text.slice(0, 100)}' is not known; there is ${known}`);
}
