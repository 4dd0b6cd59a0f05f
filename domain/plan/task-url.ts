import * as z from "zod";
import type { CsvValue } from "../csv.ts";
import type { PopMask } from "./pop-mask.ts";

/** A URL that can be warmed, in one variant, as Get Size saw it: a row of the list of good URLs, and an entry of a task message. */
export const taskUrlSchema = z.object({
  url: z.string().min(1),
  /** Bytes of the object; null where its size could not be told. */
  bytes: z.number().int().nonnegative().nullable(),
  /** Name of the variant; absent: the request's only one. */
  variant: z.string().min(1).optional(),
  /** Attempts at this URL and variant before its message was deferred. Only in messages; absent: none, or the message says it for all. */
  attempts: z.number().int().nonnegative().optional(),
  /** When the first of these attempts started, in milliseconds since the epoch. */
  first_attempt_at: z.number().int().nonnegative().optional(),
});

export type TaskUrl = z.infer<typeof taskUrlSchema>;

/** What the list of good URLs says besides, and no message carries. */
export interface GoodUrl extends TaskUrl {
  /** Which of the request's sources named it, counted from 1. Absent, in a row 0 if others have one: the caller did. */
  readonly source?: number;
  /** The POPs of the request at which it is to be warmed. Absent: all. */
  readonly pops?: PopMask;
}

/** A row of a list that cannot be what it should be: the list was written by somebody else, or damaged. */
export class UnreadableRowError extends Error {
  override readonly name = "UnreadableRowError";
}

/**
 * The CSV row of a good URL: url, bytes (empty where unknown), variant, source, pops. All that is absent is empty, and what is
 * empty at the end is left out.
 */
export function toRow({ url, bytes, variant, source, pops }: GoodUrl): readonly CsvValue[] {
  if (pops !== undefined) return [url, bytes, variant, source, pops];
  if (source !== undefined) return [url, bytes, variant, source];
  return variant === undefined ? [url, bytes] : [url, bytes, variant];
}

/** Checked by hand: this is done for every task. @throws UnreadableRowError */
export function fromRow([url = "", bytes = "", variant = "", source = "", pops = ""]: readonly string[]): GoodUrl {
  if (url === "" || !/^\d*$/.test(bytes)) throw new UnreadableRowError(`'${url},${bytes}' is not a URL and its bytes`);
  if (!/^\d*$/.test(source) || !/^[0-9a-f]*$/.test(pops))
    throw new UnreadableRowError(`'${source},${pops}' of ${url} are not a source and its POPs`);
  const size = bytes === "" ? null : Number(bytes);
  const number = Number(source);
  const form = variant === "" ? { url, bytes: size } : { url, bytes: size, variant };
  if (number === 0 && pops === "") return form;
  return { ...form, ...(number === 0 ? {} : { source: number }), ...(pops === "" ? {} : { pops }) };
}

/** What a message carries of it. */
export function asTaskUrl(good: GoodUrl): TaskUrl {
  if (good.source === undefined && good.pops === undefined) return good;
  const { url, bytes, variant } = good;
  return variant === undefined ? { url, bytes } : { url, bytes, variant };
}

/** Tells one form of a URL from all others of a request. A normalised URL has no `#`. */
export function formKey({ url, variant }: { readonly url: string; readonly variant?: string | undefined }): string {
  return variant === undefined ? url : `${url}#${variant}`;
}
