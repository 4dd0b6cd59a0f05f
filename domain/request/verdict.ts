import * as z from "zod";
import type { Count } from "../result/count.ts";
import { cutText } from "../result/failure.ts";
import type { Status } from "./lifecycle.ts";

/** Whether the crowd may come. */
export const VERDICTS = {
  ready:
    "Every task is good, and at least one is `warm` or `hit`. What `hit` and `done` do not claim, the sentence says.",
  ready_with_exceptions:
    "Some tasks failed, some URLs could not be read, or some POPs did not resolve, and none of the conditions of `not_ready` applies.",
  not_ready:
    "Some object is good at no POP of a REC with two or more chosen POPs; or more than 5% of the POPs lack more than 1% of " +
    "their objects; or the request did not end as FINISHED. A URL that could not be read counts as cold at every POP. A POP that " +
    "did not resolve does not count.",
  not_verified:
    "The objects were downloaded, and nothing shows that a cache has them: `verify` is `off`, or the server sends no `x-cache`. The " +
    "conditions of `not_ready` come first.",
} as const;

export type Verdict = keyof typeof VERDICTS;

export const verdictSchema = z.enum(["ready", "ready_with_exceptions", "not_ready", "not_verified"]);

/** What is stored of an item is bounded: so many names, of so many characters. */
const MAX_EXAMPLES = 5;
const MAX_POPS = 20;
const MAX_URL = 300;

const count = z.number().int().nonnegative();

/** An object that is good at no POP of a REC. */
export const coldObjectSchema = z.object({
  url: z.string().describe("A very long one is cut, and ends in `…`."),
  variant: z.string().optional(),
  rec: z.string().optional().describe("Absent: no POP of its distribution resolved."),
});
export type ColdObject = z.infer<typeof coldObjectSchema>;

/**
 * What the verdict of a request rests on, as its item keeps it: at most some 3 KB. What was added has a default, for items that a
 * release before wrote.
 */
export const readinessSchema = z
  .object({
    cold_objects: count.describe(
      "Objects (URL and variant) that are good at no POP of some REC with two or more chosen POPs, or for which no POP resolved.",
    ),
    cold_unreadable: count.default(0).describe("Those of them that could not be read."),
    cold_examples: z.array(coldObjectSchema),
    cold_recs: z.array(z.string()).describe("Those RECs."),
    lacking_pops: count.describe("POPs that lack more than 1% of their objects. URLs that could not be read count."),
    lacking_other_pops: count
      .default(0)
      .describe(
        "Those of them that lack more than 1% even without the objects that are cold and the URLs that could not be read.",
      ),
    lacking_examples: z
      .array(z.string())
      .describe("The first of `lacking_pops`: those of `lacking_other_pops` come first."),
    pops: count.describe("The chosen POPs that resolved under at least one distribution."),
    unresolved_pops: count.describe(
      "Chosen POPs that did not resolve under some distribution. What they lack does not count.",
    ),
    unresolved_examples: z.array(z.string()).default([]).describe("The first of them."),
    unanswered_pops: count.default(0).describe("Those of them of which a DNS resolver gave no answer, or an error."),
    unreadable_urls: count.describe("URLs that could not be read, in one variant or in all."),
    urls: count
      .default(0)
      .describe("All URLs, whether they could be read or not; 0: a release before did not count them."),
    exceptions: count.describe(
      "How many kinds of trouble there are: each reason of failures, unreadable URLs, POPs that did not resolve.",
    ),
  })
  .meta({ id: "Readiness", description: "What the verdict of a request rests on." });
export type Readiness = z.infer<typeof readinessSchema>;

/** What one POP that resolved should have and lacks. */
export interface PopShare {
  readonly pop: string;
  /** Its tasks. */
  readonly tasks: number;
  /** Those of them that are not good. */
  readonly lacking: number;
  /** Those of these whose objects are good at no POP of the REC. */
  readonly cold: number;
  /** Objects that it should have, and that could not be read. They are no tasks. */
  readonly unreadable: number;
}

/** Where the objects of a request are good, and where not. */
export interface Survey {
  readonly coldObjects: number;
  /** Those of them that could not be read. */
  readonly coldUnreadable: number;
  readonly coldExamples: readonly ColdObject[];
  readonly coldRecs: readonly string[];
  /** The POPs that resolved. */
  readonly pops: readonly PopShare[];
  /** The POPs that did not, under some distribution. */
  readonly unresolved: readonly string[];
  /** Those of them of which a resolver did not answer. */
  readonly unanswered: readonly string[];
  /** All URLs, and those of them that could not be read. */
  readonly urls: number;
  readonly unreadableUrls: number;
}

/** A POP lacks much beyond this share of its tasks, and a request beyond this share of such POPs. */
const LACKING_SHARE = 0.01;
const LACKING_POPS_SHARE = 0.05;

/** @param reasons how many reasons failed tasks have */
export function readinessOf(survey: Survey, reasons: number): Readiness {
  const { unresolved, unanswered, urls, unreadableUrls } = survey;
  const lacking = survey.pops
    .filter((it) => lacksMuch(it, lackOf(it)))
    .toSorted((a, b) => Number(lacksOthers(b)) - Number(lacksOthers(a)) || lackOf(b) - lackOf(a));
  return {
    cold_objects: survey.coldObjects,
    cold_unreadable: survey.coldUnreadable,
    cold_examples: survey.coldExamples.slice(0, MAX_EXAMPLES).map((it) => ({ ...it, url: cutText(it.url, MAX_URL) })),
    cold_recs: [...survey.coldRecs],
    lacking_pops: lacking.length,
    lacking_other_pops: survey.pops.filter(lacksOthers).length,
    lacking_examples: lacking.slice(0, MAX_POPS).map(({ pop }) => pop),
    pops: survey.pops.length,
    unresolved_pops: unresolved.length,
    unresolved_examples: unresolved.slice(0, MAX_POPS),
    unanswered_pops: unanswered.length,
    unreadable_urls: unreadableUrls,
    urls,
    exceptions: reasons + (unreadableUrls > 0 ? 1 : 0) + (unresolved.length > 0 ? 1 : 0),
  };
}

/** Whether so many of its objects are more than a POP may lack. */
function lacksMuch({ tasks, unreadable }: PopShare, lack: number): boolean {
  return lack > (tasks + unreadable) * LACKING_SHARE;
}

/** Whether a POP lacks much besides what is cold for its whole REC or could not be read, which is told by itself. */
function lacksOthers(share: PopShare): boolean {
  return lacksMuch(share, share.lacking - share.cold);
}

function lackOf({ lacking, unreadable }: PopShare): number {
  return lacking + unreadable;
}

/**
 * @param status in which the request ended. A percentage is no verdict: see {@link VERDICTS}
 * @param count of its tasks
 */
export function verdictOf(
  status: string,
  readiness: Readiness,
  count: Pick<Count, "download_count" | "failed_count" | "warm_count" | "hit_count">,
): Verdict {
  const { cold_objects, exceptions } = readiness;
  if (status !== "FINISHED" || cold_objects > 0 || tooManyLack(readiness)) return "not_ready";
  if (hasNoHits(count)) return "not_verified";
  return exceptions > 0 ? "ready_with_exceptions" : "ready";
}

/** Whether there are downloads, and nothing shows of any that a cache has it. */
function hasNoHits({
  download_count,
  failed_count,
  warm_count,
  hit_count,
}: Pick<Count, "download_count" | "failed_count" | "warm_count" | "hit_count">): boolean {
  return download_count > failed_count && warm_count + hit_count === 0;
}

/** Whether so many POPs lack much that the request is not ready. */
export function tooManyLack({ lacking_pops, pops }: Pick<Readiness, "lacking_pops" | "pops">): boolean {
  return lacking_pops > pops * LACKING_POPS_SHARE;
}

/** What GET /prewarm says of a request that has ended, as far as a retry needs it. */
interface Ended {
  readonly status: Status;
  readonly total_count: number;
  readonly failed_count: number;
  /** Undefined: not known. */
  readonly readiness?: Pick<Readiness, "unreadable_urls" | "unresolved_pops" | "unanswered_pops"> | undefined;
}

/**
 * Whether every task is good and all that is lacking are POPs whose names do not exist. A retry would meet the same: they are left out.
 * After a resolver that did not answer, it may not.
 */
export function lacksOnlyPops({ status, total_count, failed_count, readiness }: Ended): boolean {
  if (status !== "FINISHED" || total_count === 0 || failed_count > 0 || readiness === undefined) return false;
  const { unreadable_urls, unresolved_pops, unanswered_pops } = readiness;
  return unreadable_urls === 0 && unresolved_pops > 0 && unanswered_pops === 0;
}
