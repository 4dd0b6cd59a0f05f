import * as z from "zod";
import type { CsvValue } from "../csv.ts";
import { cutText, type FailureReason, failureReasons, readReason } from "./failure.ts";
import type { ReportedTask } from "./report.ts";

const count = z.number().int().nonnegative();

/**
 * What a group counts: tasks that failed; URLs that could not be read; POPs that did not resolve. The last two have no tasks.
 */
export const FAILURE_SUBJECTS = ["task", "url", "pop"] as const;
export type FailureSubject = (typeof FAILURE_SUBJECTS)[number];

/** One failed task, one URL that could not be read, or one POP that did not resolve. */
export const failureExampleSchema = z.object({
  url: z.string().optional().describe("Absent: it is a POP that did not resolve."),
  variant: z.string().optional(),
  pop: z.string().optional().describe("Absent: it is a URL that could not be read, for any POP."),
  error: z.string().optional().describe("What went wrong, in words."),
  http_status: z.number().int().optional(),
});
export type FailureExample = z.infer<typeof failureExampleSchema>;

/** Maximum number of examples per group. */
export const MAX_EXAMPLES = 3;

/** The failures of a request that have one subject and one reason. */
export const failureGroupSchema = z.object({
  code: z.enum(failureReasons).catch("other"),
  subject: z.enum(FAILURE_SUBJECTS),
  tasks: count,
  /** Different POPs. */
  pops: count,
  /** Different URLs, whatever the number of their variants; null: not counted, as while a request runs. */
  urls: count.nullable(),
  examples: z.array(failureExampleSchema),
});
export type FailureGroup = z.infer<typeof failureGroupSchema>;

/** Those of most tasks first; then URLs that could not be read, and POPs that did not resolve. */
export function mostFirst(groups: readonly FailureGroup[]): FailureGroup[] {
  return groups.toSorted((a, b) => b.tasks - a.tasks || (b.urls ?? 0) - (a.urls ?? 0) || b.pops - a.pops);
}

/** The row of a group in the list that is kept of a request: code, tasks, POPs, URLs, its examples as JSON, and its subject. */
export function groupToRow({ code, tasks, pops, urls, examples, subject }: FailureGroup): readonly CsvValue[] {
  return [code, tasks, pops, urls, JSON.stringify(examples), subject];
}

/** @throws ZodError or SyntaxError for a row that is none */
export function groupFromRow([code, tasks, pops, urls, examples = "[]", subject]: readonly string[]): FailureGroup {
  return failureGroupSchema.parse({
    code,
    tasks: Number(tasks),
    pops: Number(pops),
    urls: urls === "" ? null : Number(urls),
    examples: JSON.parse(examples),
    subject,
  });
}

// Input failures: unreadable URLs and unresolved POPs. They are in the failures and in the report, and count in none of the counts of
// tasks.

/** A URL that could not be read, in one variant or in all. */
export interface UnreadableUrl {
  readonly url: string;
  /** The one variant that is unreadable. Empty or absent: all variants are, or the request has none. */
  readonly variant?: string | undefined;
  /** The reason in words: `HTTP 404`. */
  readonly problem: string;
  /** The reason that it is counted under. @default other */
  readonly reason?: FailureReason;
  readonly http_status?: number;
}

/** A POP that did not resolve under one distribution. */
export interface UnresolvedPop {
  readonly pop: string;
  /** Why, in words. */
  readonly error?: string | undefined;
  readonly reason?: FailureReason | undefined;
}

/** Maximum length of an example's error, in characters. */
const MAX_ERROR = 300;

/** Groups input failures by subject and reason. Counts each URL once, whatever its variants, and each POP once. */
export class InputFailureTally {
  private readonly urls = new Map<FailureReason, ByName>();
  private readonly pops = new Map<FailureReason, ByName>();

  addUrl(url: UnreadableUrl): void {
    add(this.urls, url.reason, url.url, () => urlExample(url));
  }

  addPop({ pop, error = "", reason }: UnresolvedPop): void {
    add(this.pops, reason, pop, () => ({ pop, error: cutText(error, MAX_ERROR) }));
  }

  groups(): FailureGroup[] {
    return [...groupsOf("url", this.urls), ...groupsOf("pop", this.pops)];
  }
}

/** Groups two complete lists. */
export function inputFailureGroups(entries: {
  readonly urls: readonly UnreadableUrl[];
  readonly pops: readonly UnresolvedPop[];
}): FailureGroup[] {
  const tally = new InputFailureTally();
  for (const url of entries.urls) tally.addUrl(url);
  for (const pop of entries.pops) tally.addPop(pop);
  return tally.groups();
}

/** The URLs or POPs of one reason. */
interface ByName {
  readonly names: Set<string>;
  readonly examples: FailureExample[];
}

function add(
  byReason: Map<FailureReason, ByName>,
  reason: FailureReason | undefined,
  name: string,
  exampleOf: () => FailureExample,
): void {
  const code = readReason(reason);
  const its = byReason.get(code) ?? { names: new Set<string>(), examples: [] };
  byReason.set(code, its);
  if (!its.names.has(name) && its.examples.length < MAX_EXAMPLES) its.examples.push(exampleOf());
  its.names.add(name);
}

function groupsOf(
  subject: Exclude<FailureSubject, "task">,
  byReason: ReadonlyMap<FailureReason, ByName>,
): FailureGroup[] {
  return [...byReason].map(([code, { names, examples }]) => ({
    code,
    subject,
    tasks: 0,
    pops: subject === "pop" ? names.size : 0,
    urls: subject === "url" ? names.size : 0,
    examples,
  }));
}

function urlExample({ url, variant = "", problem, http_status }: Omit<UnreadableUrl, "reason">): FailureExample {
  return {
    url,
    ...(variant === "" ? {} : { variant }),
    error: cutText(problem, MAX_ERROR),
    ...(http_status === undefined ? {} : { http_status }),
  };
}

/**
 * Rows of the report: one for each URL (and variant, if only some of them are unreadable), with an empty POP, and one for each POP under
 * each distribution, with an empty URL. A row for each URL at each POP would be 36,000,000 rows of a large request.
 */
export async function* inputFailureRows(
  urls: AsyncIterable<UnreadableUrl> | Iterable<UnreadableUrl>,
  pops: readonly UnresolvedPop[],
): AsyncGenerator<ReportedTask> {
  for await (const { url, variant = "", problem, reason, http_status } of urls)
    yield {
      ...NO_ATTEMPT,
      pop: "",
      url,
      error: problem,
      reason,
      http_status,
      variant: variant === "" ? undefined : variant,
    };
  for (const { pop, error, reason } of pops) yield { ...NO_ATTEMPT, pop, url: "", error, reason };
}

const NO_ATTEMPT = { ok: false, bytes: 0, attempts: 0 };
