import type { Readiness } from "../domain/request/readiness-schema.ts";

/** What the verdict of a request rests on in which nothing is lacking at 38 POPs, with a test's changes. */
export function readiness(changes: Partial<Readiness> = {}): Readiness {
  return {
    cold_objects: 0,
    cold_unreadable: 0,
    cold_examples: [],
    cold_recs: [],
    lacking_pops: 0,
    lacking_other_pops: 0,
    lacking_examples: [],
    pops: 38,
    unresolved_pops: 0,
    unresolved_examples: [],
    unanswered_pops: 0,
    unreadable_urls: 0,
    urls: 50,
    exceptions: 0,
    ...changes,
  };
}
