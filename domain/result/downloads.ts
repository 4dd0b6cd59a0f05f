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
