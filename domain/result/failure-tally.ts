import * as z from "zod";
import { Bitmap } from "../bitmap.ts";
import { cutText, type FailureReason, readReason } from "./failure.ts";
import {
  type FailureExample,
  type FailureGroup,
  failureExampleSchema,
  MAX_EXAMPLES,
  mostFirst,
} from "./failure-groups.ts";

/** Maximum length of an example's error, in characters. */
const MAX_EXAMPLE = 300;

/** How many failures have a reason, and some of them, by reason: as it is kept between two runs of a recount. */
export const failureTallySchema = z.record(
  z.string(),
  z.object({
    count: z.number(),
    /** The first in words. */
    example: z.string(),
    /** Which URLs and POPs have some: bits in Base64, by their numbers in the request. */
    urls: z.string(),
    pops: z.string(),
    examples: z.array(failureExampleSchema),
  }),
);
export type SavedTally = z.infer<typeof failureTallySchema>;

/** What is told of a failed result. */
export interface TalliedFailure {
  readonly pop: string;
  readonly url: string;
  readonly variant?: string | undefined;
  readonly reason?: string | undefined;
  readonly error?: string | undefined;
  readonly http_status?: number | undefined;
}

interface Tallied {
  count: number;
  readonly example: string;
  readonly urls: Bitmap;
  readonly pops: Bitmap;
  readonly examples: FailureExample[];
}

/** Failures by their reason. What is kept of each reason is bounded: a bit a URL, a bit a POP, and a few examples. */
export class FailureTally {
  private readonly reasons = new Map<FailureReason, Tallied>();
  private readonly urlNumbers: Map<string, number>;
  private readonly popNumbers: Map<string, number>;

  /**
   * @param urls all URLs that may fail, and `pops` all POPs: in the same order whenever a tally is gone on from. @default they are
   * numbered as they come
   */
  constructor(urls: Iterable<{ readonly url: string }> = [], pops: Iterable<{ readonly pop: string }> = []) {
    this.urlNumbers = new Map();
    for (const { url } of urls) numberIn(this.urlNumbers, url);
    this.popNumbers = new Map();
    for (const { pop } of pops) numberIn(this.popNumbers, pop);
  }

  add(failure: TalliedFailure): void {
    const reason = readReason(failure.reason);
    let tallied = this.reasons.get(reason);
    if (tallied === undefined) {
      tallied = { count: 0, example: inWords(failure), urls: new Bitmap(), pops: new Bitmap(), examples: [] };
      this.reasons.set(reason, tallied);
    }
    tallied.count++;
    tallied.urls.add(numberIn(this.urlNumbers, failure.url));
    tallied.pops.add(numberIn(this.popNumbers, failure.pop));
    if (tallied.examples.length < MAX_EXAMPLES) tallied.examples.push(exampleOf(failure));
  }

  /** The failures by reason, those of most tasks first. */
  groups(): FailureGroup[] {
    return mostFirst(
      [...this.reasons].map(([code, { count, urls, pops, examples }]) => ({
        code,
        subject: "task",
        tasks: count,
        pops: pops.size,
        urls: urls.size,
        examples: [...examples],
      })),
    );
  }

  saved(): SavedTally {
    return Object.fromEntries(
      [...this.reasons].map(([reason, { count, example, urls, pops, examples }]) => [
        reason,
        { count, example, urls: urls.toText(), pops: pops.toText(), examples: [...examples] },
      ]),
    );
  }

  /** Goes on from what was kept. */
  restore(saved: SavedTally): void {
    this.reasons.clear();
    for (const [reason, { count, example, urls, pops, examples }] of Object.entries(saved)) {
      const sets = { urls: new Bitmap(urls), pops: new Bitmap(pops) };
      this.reasons.set(readReason(reason), { count, example, ...sets, examples: [...examples] });
    }
  }

  /** The commonest failure in words; undefined where there is none. */
  commonest(): string | undefined {
    const [first] = [...this.reasons].toSorted(([, a], [, b]) => b.count - a.count);
    if (first === undefined) return undefined;
    const [reason, { count, example }] = first;
    return `${count} by ${reason}, such as ${example}`;
  }
}

function numberIn(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

function inWords({ pop, url, variant, error = "" }: TalliedFailure): string {
  const form = variant === undefined ? "" : ` (${variant})`;
  return cutText(`${error} for ${url}${form} at ${pop}`, MAX_EXAMPLE);
}

function exampleOf({ url, variant, pop, error, http_status }: TalliedFailure): FailureExample {
  return {
    url,
    ...(variant === undefined ? {} : { variant }),
    pop,
    ...(error === undefined ? {} : { error: cutText(error, MAX_EXAMPLE) }),
    ...(http_status === undefined ? {} : { http_status }),
  };
}
