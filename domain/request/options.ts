import * as z from "zod";

/** What all instances of a request together may ask of the origin. An absent one is no limit. */
export const originLimitsSchema = z.object({
  requests_per_second: z.number().positive().optional(),
  /** Requests at once. */
  concurrency: z.number().int().positive().optional(),
});
export type OriginLimits = z.infer<typeof originLimitsSchema>;

/** Whether anything is limited. */
export function isLimited(limits: OriginLimits | undefined): limits is OriginLimits {
  return limits?.requests_per_second !== undefined || limits?.concurrency !== undefined;
}

/** One form of an object that the cache keeps apart from others: what its requests say besides the request's own headers. */
export const variantSchema = z.object({
  name: z.string().min(1),
  /** Lines of the form `Name: value`. */
  header: z.array(z.string()),
});
export type Variant = z.infer<typeof variantSchema>;

/** The names of a request's variants, in the order in which each URL is warmed; `undefined` alone: it has none. */
export function variantNames(variants: readonly Variant[] = []): readonly (string | undefined)[] {
  return variants.length === 0 ? [undefined] : variants.map(({ name }) => name);
}

/** The lines that a task sends: the request's own, and those of its variant. */
export function headerOf(
  { header, variants = [] }: { readonly header: readonly string[]; readonly variants?: readonly Variant[] | undefined },
  variant: string | undefined,
): readonly string[] {
  const own = variants.find(({ name }) => name === variant);
  return own === undefined ? header : [...header, ...own.header];
}
