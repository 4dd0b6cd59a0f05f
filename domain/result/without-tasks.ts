import { cutText, type FailureReason, readReason } from "./failure.ts";
import { type FailureExample, type FailureGroup, type FailureSubject, MAX_EXAMPLES } from "./failure-group.ts";
import type { ReportedTask } from "./report.ts";

// What of a request never became a task: URLs that could not be read, and POPs that did not resolve. It is in the failures and in the
// report, and counts in none of the counts of tasks.

/** A URL that could not be read, in one variant or in all. */
export interface UnreadableUrl {
  readonly url: string;
  /** Empty or absent: in no variant. */
  readonly variant?: string;
  /** Why, in words. */
  readonly problem: string;
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

export interface WithoutTasks {
  readonly urls: readonly UnreadableUrl[];
  readonly pops: readonly UnresolvedPop[];
}

/** So much is told of an example. */
const MAX_ERROR = 300;

/** Groups by subject and reason. A URL counts once, whatever the number of its variants, and so does a POP. */
export function groupsWithoutTasks({ urls, pops }: WithoutTasks): FailureGroup[] {
  const ofUrls = groupsOf(
    "url",
    urls.map(({ reason, ...it }) => ({ reason, name: it.url, example: urlExample(it) })),
  );
  const ofPops = groupsOf(
    "pop",
    pops.map(({ pop, error = "", reason }) => ({
      reason,
      name: pop,
      example: { pop, error: cutText(error, MAX_ERROR) },
    })),
  );
  return [...ofUrls, ...ofPops];
}

interface Entry {
  readonly reason: FailureReason | undefined;
  readonly name: string;
  readonly example: FailureExample;
}

function groupsOf(subject: Exclude<FailureSubject, "task">, entries: readonly Entry[]): FailureGroup[] {
  const byReason = new Map<FailureReason, { readonly names: Set<string>; readonly examples: FailureExample[] }>();
  for (const { reason, name, example } of entries) {
    const code = readReason(reason);
    const its = byReason.get(code) ?? { names: new Set<string>(), examples: [] };
    byReason.set(code, its);
    if (!its.names.has(name) && its.examples.length < MAX_EXAMPLES) its.examples.push(example);
    its.names.add(name);
  }
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
export function* rowsWithoutTasks({ urls, pops }: WithoutTasks): Generator<ReportedTask> {
  for (const { url, variant = "", problem, reason, http_status } of urls)
    yield {
      ...NO_TASK,
      pop: "",
      url,
      error: problem,
      reason,
      http_status,
      variant: variant === "" ? undefined : variant,
    };
  for (const { pop, error, reason } of pops) yield { ...NO_TASK, pop, url: "", error, reason };
}

const NO_TASK = { ok: false, bytes: 0, attempts: 0 };
