import * as z from "zod";
import { cutText } from "../result/failure.ts";

/** Whether the crowd may come. */
export const VERDICTS = {
  ready: "Every task is good. What `hit` and `done` do not claim, the sentence says.",
  ready_with_exceptions:
    "Some tasks failed, URLs could not be read, or POPs did not resolve, and no object is cold for a whole REC.",
  not_ready:
    "Some object is good at no POP of a REC with two or more chosen POPs; or more than 5% of the POPs lack more than 1% of " +
    "their tasks; or the request did not end as FINISHED.",
} as const;

export type Verdict = keyof typeof VERDICTS;

export const verdictSchema = z.enum(["ready", "ready_with_exceptions", "not_ready"]);

/** What is stored of an item is bounded: so many names, of so many characters. */
const MAX_EXAMPLES = 5;
const MAX_POPS = 20;
const MAX_URL = 300;

const count = z.number().int().nonnegative();

/** An object that is good at no POP of a REC. */
export const coldObjectSchema = z.object({
  url: z.string().describe("A very long one is cut, and ends in `…`."),
  variant: z.string().optional(),
  rec: z.string(),
});
export type ColdObject = z.infer<typeof coldObjectSchema>;

/** What the verdict of a request rests on, as its item keeps it: at most some 3 KB. */
export const readinessSchema = z
  .object({
    cold_objects: count.describe(
      "Objects (URL and variant) that are good at no POP of some REC with two or more chosen POPs.",
    ),
    cold_examples: z.array(coldObjectSchema),
    cold_recs: z.array(z.string()).describe("Those RECs."),
    lacking_pops: count.describe(
      "POPs that lack more than 1% of their tasks; those that did not resolve are among them.",
    ),
    lacking_examples: z.array(z.string()).describe("The first of them by what they lack."),
    pops: count.describe("All chosen POPs."),
    unresolved_pops: count.describe("Those of them that did not resolve under some distribution."),
    unreadable_urls: count.describe("URLs, or forms of them, that could not be read when their size was asked."),
    exceptions: count.describe(
      "How many kinds of trouble there are: each reason of failures, unreadable URLs, POPs that did not resolve.",
    ),
  })
  .meta({ id: "Readiness", description: "What the verdict of a request rests on." });
export type Readiness = z.infer<typeof readinessSchema>;

/** What one chosen POP should have and lacks. */
export interface PopShare {
  readonly pop: string;
  /** Its tasks; of one that did not resolve, those that it would have. */
  readonly tasks: number;
  /** Those of them that are not good. */
  readonly lacking: number;
  readonly resolved: boolean;
}

/** Where the objects of a request are good, and where not. */
export interface Survey {
  readonly coldObjects: number;
  readonly coldExamples: readonly ColdObject[];
  readonly coldRecs: readonly string[];
  readonly pops: readonly PopShare[];
}

/** A POP lacks much beyond this share of its tasks, and a request beyond this share of such POPs. */
const LACKING_SHARE = 0.01;
const LACKING_POPS_SHARE = 0.05;

/** @param trouble how many reasons failures have, and how many URLs could not be read */
export function readinessOf(
  survey: Survey,
  trouble: { readonly reasons: number; readonly unreadable: number },
): Readiness {
  const lacking = survey.pops
    .filter((it) => it.lacking > it.tasks * LACKING_SHARE)
    .toSorted((a, b) => b.lacking - a.lacking);
  const unresolved = survey.pops.filter(({ resolved }) => !resolved).length;
  const { reasons, unreadable } = trouble;
  return {
    cold_objects: survey.coldObjects,
    cold_examples: survey.coldExamples.slice(0, MAX_EXAMPLES).map((it) => ({ ...it, url: cutText(it.url, MAX_URL) })),
    cold_recs: [...survey.coldRecs],
    lacking_pops: lacking.length,
    lacking_examples: lacking.slice(0, MAX_POPS).map(({ pop }) => pop),
    pops: survey.pops.length,
    unresolved_pops: unresolved,
    unreadable_urls: unreadable,
    exceptions: reasons + (unreadable > 0 ? 1 : 0) + (unresolved > 0 ? 1 : 0),
  };
}

/** @param status in which the request ended. A percentage is no verdict: see {@link VERDICTS} */
export function verdictOf(status: string, readiness: Readiness): Verdict {
  const { cold_objects, exceptions } = readiness;
  if (status !== "FINISHED" || cold_objects > 0 || tooManyLack(readiness)) return "not_ready";
  return exceptions > 0 ? "ready_with_exceptions" : "ready";
}

/** Whether so many POPs lack much that the request is not ready. */
export function tooManyLack({ lacking_pops, pops }: Readiness): boolean {
  return lacking_pops > pops * LACKING_POPS_SHARE;
}
