import * as z from "zod";

/** The readiness verdicts, and what each means. */
export const VERDICTS = {
  ready: "Every task succeeded, and at least one is `warm` or `hit`. `sentence` states what is not proven.",
  ready_with_exceptions:
    "Some tasks failed, some URLs could not be read, or some POPs did not resolve, and none of the conditions of `not_ready` applies.",
  not_ready:
    "At least one of these: an object failed at all selected POPs of a REC that has two or more of them; more than 5% of the POPs " +
    "lack more than 1% of their objects; the request did not end as FINISHED. A URL that could not be read counts as cold at every " +
    "POP. POPs that did not resolve do not count.",
  not_verified:
    "The objects were downloaded, and nothing shows that a cache has them: `verify` is `off`, or the server sends no `x-cache`. None " +
    "of the conditions of `not_ready` applies.",
} as const;

export type Verdict = keyof typeof VERDICTS;

export const verdictSchema = z.enum(["ready", "ready_with_exceptions", "not_ready", "not_verified"]);

const count = z.number().int().nonnegative();

/** An object that is good at no POP of a REC. */
export const coldObjectSchema = z.object({
  url: z.string().describe("A very long one is cut, and ends in `…`."),
  variant: z.string().optional(),
  rec: z.string().optional().describe("Absent: no POP of its distribution resolved."),
});
export type ColdObject = z.infer<typeof coldObjectSchema>;

/** What the verdict of a request rests on, as its item keeps it: at most some 3 KB. */
export const readinessSchema = z
  .object({
    cold_objects: count.describe(
      "Objects (URL and variant) that are good at no POP of some REC with two or more chosen POPs, or for which no POP resolved.",
    ),
    cold_unreadable: count.describe("Those of them that could not be read."),
    cold_examples: z.array(coldObjectSchema),
    cold_recs: z.array(z.string()).describe("Those RECs."),
    origin_shield: z
      .array(z.string())
      .optional()
      .describe(
        "The Regions of Origin Shield, as far as settings were read: RECs ask it in place of the origin, also for what is cold in them. Absent: none.",
      ),
    lacking_pops: count.describe("POPs that lack more than 1% of their objects. URLs that could not be read count."),
    lacking_other_pops: count.describe(
      "Those of them that lack more than 1% even without the objects that are cold and the URLs that could not be read.",
    ),
    lacking_examples: z
      .array(z.string())
      .describe("The first of `lacking_pops`: those of `lacking_other_pops` come first."),
    pops: count.describe("The chosen POPs that resolved under at least one distribution."),
    unresolved_pops: count.describe(
      "Chosen POPs that did not resolve under some distribution. What they lack does not count.",
    ),
    unresolved_examples: z.array(z.string()).describe("The first of them."),
    unanswered_pops: count.describe("Those of them of which a DNS resolver gave no answer, or an error."),
    unreadable_urls: count.describe("URLs that could not be read, in one variant or in all."),
    urls: count.describe("All URLs, whether they could be read or not."),
    exceptions: count.describe(
      "How many kinds of trouble there are: each reason of failures, unreadable URLs, POPs that did not resolve.",
    ),
  })
  .meta({ id: "Readiness", description: "What the verdict of a request rests on." });
export type Readiness = z.infer<typeof readinessSchema>;
