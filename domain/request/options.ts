import * as z from "zod";

/**
 * Whole downloads of an object at one POP before the check: a POP keeps an object from its second request on. `auto`: two, or one where a
 * response shows that the POP has the object.
 */
export const DOWNLOADS = ["auto", 1, 2] as const;
export const downloadsSchema = z.literal(DOWNLOADS);
export type Downloads = z.infer<typeof downloadsSchema>;

/** Downloads of a request whose body has no `downloads`. */
export const DEFAULT_DOWNLOADS: Downloads = "auto";

/** Caches that a request warms: those of the selected POPs, or the regional edge caches (REC) above them alone. */
export const SCOPES = ["pop", "regional"] as const;
export const scopeSchema = z.enum(SCOPES);
export type Scope = z.infer<typeof scopeSchema>;

/** Scope of a request whose body has no `scope`. */
export const DEFAULT_SCOPE: Scope = "pop";

/** Most whole downloads of an object at one POP: a POP keeps an object from its second request on (docs/adr/0009). */
export const MAX_DOWNLOADS = 2;

/** Most whole downloads of a task; absent settings are the defaults. */
export function maxDownloads({
  downloads = DEFAULT_DOWNLOADS,
  scope = DEFAULT_SCOPE,
}: {
  readonly downloads?: Downloads | undefined;
  readonly scope?: Scope | undefined;
}): number {
  if (scope === "regional") return 1;
  return downloads === "auto" ? MAX_DOWNLOADS : downloads;
}

/** CloudFront's flat-rate plans. */
export const FLAT_RATE_PLAN_NAMES = ["free", "pro", "business", "premium"] as const;
export type FlatRatePlan = (typeof FLAT_RATE_PLAN_NAMES)[number];

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
