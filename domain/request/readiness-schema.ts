import * as z from "zod";
import { UNCONNECTED_REASONS } from "../result/sample.ts";

/** The readiness verdicts, and what each means. */
export const VERDICTS = {
  ready: "Every task is good, and at least one is `warm`, `hit` or, with the scope `regional`, `regional`.",
  ready_with_exceptions:
    "Some tasks failed or only reached the REC, some URLs could not be read, or some POPs did not resolve.",
  not_ready:
    "At least one of these: an object failed at all selected POPs of a REC that has two or more of them; more than 5% of the POPs " +
    "lack more than 1% of their objects; the request did not end as FINISHED. A URL that could not be read counts as cold at every " +
    "POP. POPs that did not resolve do not count.",
  not_verified:
    "The objects were downloaded, and nothing shows that a cache has them: `verify` is `off`, or the server sends no `x-cache`. " +
    "Tasks can have failed.",
} as const;

export type Verdict = keyof typeof VERDICTS;

export const verdictSchema = z.enum(["ready", "ready_with_exceptions", "not_ready", "not_verified"]);

const count = z.number().int().nonnegative();

/** An object that is good at no POP of a REC. */
export const coldObjectSchema = z.object({
  url: z.string().describe("URL."),
  variant: z.string().optional().describe("Its variant."),
  rec: z.string().optional().describe("REC at which it is cold."),
});
export type ColdObject = z.infer<typeof coldObjectSchema>;

/** What the verdict of a request rests on, as its item keeps it: at most some 3 KB. */
export const readinessSchema = z
  .object({
    cold_objects: count.describe("Objects that succeeded at no POP of a REC with two or more chosen POPs."),
    cold_unreadable: count.describe("Cold objects that could not be read."),
    cold_examples: z.array(coldObjectSchema).describe("Up to five cold objects."),
    cold_recs: z.array(z.string()).describe("RECs at which objects are cold."),
    origin_shield: z.array(z.string()).optional().describe("AWS Regions of Origin Shield."),
    lacking_pops: count.describe("POPs that lack more than 1% of their objects."),
    lacking_other_pops: count.describe("The same, without objects that are cold or unreadable."),
    lacking_examples: z.array(z.string()).describe("Up to twenty of `lacking_pops`."),
    pops: count.describe("POPs that resolved."),
    unresolved_pops: count.describe("POPs that did not resolve."),
    unresolved_examples: z.array(z.string()).describe("Up to twenty of these POPs."),
    unanswered_pops: count.describe("Unresolved POPs for which the DNS resolver failed."),
    regional_tasks: count
      .optional()
      .describe("Tasks whose object the REC keeps, and the POP is not shown to. Absent with the scope `regional`."),
    edge_tasks: count
      .optional()
      .describe(
        "Objects that only a POP's own cache is shown to keep, one for each REC. Only with the scope `regional`.",
      ),
    regional: z
      .object({
        recs: count.describe("RECs of the POPs that resolved."),
        kept_recs: count.describe("RECs that keep all objects."),
        covered_pops: count.describe("POPs whose samples show that they have such a REC."),
        own_leads: count.describe("POPs that requested all objects because no sample shows their REC."),
        own_lead_examples: z
          .array(z.object({ pop: z.string(), reason: z.enum(UNCONNECTED_REASONS) }))
          .describe("Up to twenty of these POPs, each with the result of its sample."),
        not_covered_pops: count.describe("POPs of which neither is shown."),
        not_covered_examples: z.array(z.string()).describe("Up to twenty of these POPs."),
        not_extended: z.string().optional().describe("The limit that kept POPs from requesting all objects."),
      })
      .optional()
      .describe("RECs and POPs of a request with the scope `regional`."),
    no_tier_tasks: count.optional().describe("Tasks whose hits did not report their cache tier."),
    unreadable_urls: count.describe("URLs that could not be read."),
    urls: count.describe("All URLs."),
    exceptions: count.describe(
      "Number of failure reasons, plus one each for `regional_tasks`, `edge_tasks`, POPs that are not covered, unreadable URLs and unresolved POPs.",
    ),
  })
  .meta({ id: "Readiness", description: "Facts behind the verdict of a request." });
export type Readiness = z.infer<typeof readinessSchema>;
