import * as z from "zod";
import { Bitmap } from "../bitmap.ts";
import { cutText, type FailureReason, readReason } from "./failure.ts";
import {
  type FailureExample,
  type FailureGroup,
  type FailureSubject,
  failureGroupSchema,
  MAX_EXAMPLES,
  mostFirst,
} from "./failure-groups.ts";

/** Maximum length of an example's error, in characters. */
const MAX_ERROR = 300;

/** The failures that have one subject and one reason, as they are kept between two runs of a recount. */
export const failureTallySchema = z.array(
  // Which URLs and POPs have some: bits in hexadecimal, by their numbers in the tally.
  failureGroupSchema.extend({ urls: z.string(), pops: z.string() }),
);
type SavedTally = z.infer<typeof failureTallySchema>;

/** A task that failed (it has a URL and a POP), a URL that could not be read, or a POP that did not resolve. */
interface TalliedFailure extends Readonly<FailureExample> {
  readonly reason?: string | undefined;
}

interface Group extends Omit<FailureGroup, "urls" | "pops"> {
  readonly urls: Bitmap;
  readonly pops: Bitmap;
}

/** Failures by subject and reason. What is kept of each is bounded: a bit a URL, a bit a POP, and a few examples. */
export class FailureTally {
  private groupsByKey = new Map<string, Group>();
  private readonly urlNumbers = new Map<string, number>();
  private readonly popNumbers = new Map<string, number>();

  /**
   * @param urls all URLs that may fail, and `pops` all POPs: in the same order whenever a tally is gone on from. @default they are
   * numbered as they come
   */
  constructor(urls: Iterable<{ readonly url: string }> = [], pops: Iterable<{ readonly pop: string }> = []) {
    for (const { url } of urls) numberIn(this.urlNumbers, url);
    for (const { pop } of pops) numberIn(this.popNumbers, pop);
  }

  add(failure: TalliedFailure): void {
    const { url, pop } = failure;
    const group = this.groupOf(subjectOf(failure), readReason(failure.reason));
    const isNewUrl = url !== undefined && addNew(group.urls, numberIn(this.urlNumbers, url));
    const isNewPop = pop !== undefined && addNew(group.pops, numberIn(this.popNumbers, pop));
    const isTask = group.subject === "task";
    if (isTask) group.tasks++;
    // One that failed in several variants, or under several distributions, is one failure.
    if ((isTask || isNewUrl || isNewPop) && group.examples.length < MAX_EXAMPLES)
      group.examples.push(exampleOf(failure));
  }

  /** Those of most tasks first; then URLs that could not be read, and POPs that did not resolve. */
  groups(): FailureGroup[] {
    const groups = [...this.groupsByKey.values()];
    return mostFirst(groups.map((group) => ({ ...group, urls: group.urls.size, pops: group.pops.size })));
  }

  saved(): SavedTally {
    const groups = [...this.groupsByKey.values()];
    return groups.map((group) => ({ ...group, urls: group.urls.toText(), pops: group.pops.toText() }));
  }

  /** Goes on from what was kept. */
  restore(saved: SavedTally): void {
    for (const group of saved) {
      const { subject, code, urls, pops } = group;
      this.groupsByKey.set(`${subject} ${code}`, { ...group, urls: new Bitmap(urls), pops: new Bitmap(pops) });
    }
  }

  private groupOf(subject: FailureSubject, code: FailureReason): Group {
    const key = `${subject} ${code}`;
    const group = this.groupsByKey.get(key) ?? {
      subject,
      code,
      tasks: 0,
      urls: new Bitmap(),
      pops: new Bitmap(),
      examples: [],
    };
    this.groupsByKey.set(key, group);
    return group;
  }
}

/** The groups of all failures of a complete list. */
export function failureGroupsOf(failures: Iterable<TalliedFailure>): FailureGroup[] {
  const tally = new FailureTally();
  for (const failure of failures) tally.add(failure);
  return tally.groups();
}

/** The commonest failure of tasks in words; undefined where there is none. */
export function commonestOf(groups: readonly FailureGroup[]): string | undefined {
  const [group] = mostFirst(groups).filter(({ subject }) => subject === "task");
  if (group === undefined) return undefined;
  const { url, variant, pop, error = "" } = group.examples[0] ?? {};
  const form = variant === undefined ? "" : ` (${variant})`;
  return `${group.code} (${group.tasks} of them), such as ${cutText(`${error} for ${url}${form} at ${pop}`, MAX_ERROR)}`;
}

function subjectOf({ url, pop }: TalliedFailure): FailureSubject {
  if (url === undefined) return "pop";
  return pop === undefined ? "url" : "task";
}

function numberIn(numbers: Map<string, number>, name: string): number {
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}

/** @returns whether the number was not in it */
function addNew(numbers: Bitmap, number: number): boolean {
  const isNew = !numbers.has(number);
  if (isNew) numbers.add(number);
  return isNew;
}

function exampleOf({ url, variant, pop, error, http_status }: TalliedFailure): FailureExample {
  return { url, variant, pop, error: error && cutText(error, MAX_ERROR), http_status };
}
