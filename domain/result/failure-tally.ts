import * as z from "zod";
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
  readonly urls: BitSet;
  readonly pops: BitSet;
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
      tallied = { count: 0, example: inWords(failure), urls: new BitSet(), pops: new BitSet(), examples: [] };
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
        { count, example, urls: urls.saved(), pops: pops.saved(), examples: [...examples] },
      ]),
    );
  }

  /** Goes on from what was kept. */
  restore(saved: SavedTally): void {
    this.reasons.clear();
    for (const [reason, { count, example, urls, pops, examples }] of Object.entries(saved)) {
      const sets = { urls: new BitSet(urls), pops: new BitSet(pops) };
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

/** A set of small whole numbers, a bit each. It grows with the largest of them. */
export class BitSet {
  private bits: Uint8Array;
  private members = 0;

  /** @param saved in Base64: {@link saved} */
  constructor(saved = "") {
    this.bits = new Uint8Array(Buffer.from(saved, "base64"));
    for (const byte of this.bits) this.members += ones(byte);
  }

  add(number: number): void {
    const [at, bit] = [number >> 3, 1 << (number & 7)];
    if (at >= this.bits.length) this.grow(at + 1);
    const byte = this.bits[at] ?? 0;
    if ((byte & bit) !== 0) return;
    this.bits[at] = byte | bit;
    this.members++;
  }

  get size(): number {
    return this.members;
  }

  saved(): string {
    // Without the room that it has grown by, so that equal sets are kept alike.
    const end = this.bits.findLastIndex((byte) => byte !== 0) + 1;
    return Buffer.from(this.bits.subarray(0, end)).toString("base64");
  }

  private grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(bytes, 2 * this.bits.length));
    grown.set(this.bits);
    this.bits = grown;
  }
}

function ones(byte: number): number {
  let rest = byte;
  let count = 0;
  for (; rest > 0; rest &= rest - 1) count++;
  return count;
}
