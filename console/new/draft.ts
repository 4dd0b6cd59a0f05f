import * as z from "zod";
import { SOURCE_TYPES } from "../../domain/request/source.ts";
import { EMPTY_FORM, type Form, WAYS } from "./form.ts";

/** Kept for this tab alone, as the key is: headers may have secrets. */
const NAME = "prewarm.draft";

const text = z.string();
const formSchema = z.object({
  way: z.enum(WAYS),
  urls: text,
  domain: text,
  pops: z.array(text).optional(),
  sources: z.array(
    z.object({ type: z.enum(SOURCE_TYPES), address: text, base: text, originPath: text, since: text, hosts: text }),
  ),
  compressions: z.array(text),
  devices: z.array(text),
  languages: text,
  header: text,
  ownVariants: z.array(z.object({ name: text, header: text })),
  verify: text,
  downloads: text,
  scope: text,
  instances: text,
  minutes: text,
  originRate: text,
  originConcurrency: text,
  invalidate: z.boolean(),
  invalidatePaths: text,
  invalidateTags: text,
  skipUncached: z.boolean(),
  maxBytes: text,
  maxFailures: text,
  token: text,
});

export function readDraft(stored = sessionStorage.getItem(NAME)): Form {
  try {
    const { pops, ...form } = formSchema.parse(JSON.parse(stored ?? ""));
    return { ...form, pops };
  } catch {
    // There is none, or it is of another release.
    return EMPTY_FORM;
  }
}

export function keepDraft(form: Form): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(form));
  } catch {
    // It is larger than a tab may keep: it lives as long as the page.
    sessionStorage.removeItem(NAME);
  }
}

export function forgetDraft(): void {
  sessionStorage.removeItem(NAME);
}
