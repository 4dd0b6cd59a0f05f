import * as z from "zod";

/** A URL that can be warmed, in one variant, as Get Size saw it: a row of the list of good URLs, and an entry of a task message. */
export const taskUrlSchema = z.object({
  url: z.string().min(1),
  /** Bytes of the object; null where its size could not be told. */
  bytes: z.number().int().nonnegative().nullable(),
  /** Name of the variant; absent: the request's only one. */
  variant: z.string().min(1).optional(),
});

export type TaskUrl = z.infer<typeof taskUrlSchema>;

/** A row of a list that cannot be what it should be: the list was written by somebody else, or damaged. */
export class UnreadableRowError extends Error {
  override readonly name = "UnreadableRowError";
}

/** The CSV row of a good URL: url, bytes (empty where unknown), and the variant if there are several. */
export function toRow({ url, bytes, variant }: TaskUrl): readonly unknown[] {
  return variant === undefined ? [url, bytes] : [url, bytes, variant];
}

/** Checked by hand: this is done for every task. @throws UnreadableRowError */
export function fromRow([url = "", bytes = "", variant = ""]: readonly string[]): TaskUrl {
  if (url === "" || !/^\d*$/.test(bytes)) throw new UnreadableRowError(`'${url},${bytes}' is not a URL and its bytes`);
  const size = bytes === "" ? null : Number(bytes);
  return variant === "" ? { url, bytes: size } : { url, bytes: size, variant };
}
