// Values for fixtures that tests can tell apart: where two fields are equal, code that reads the one in place of the other passes.
import { formatTimestamp } from "../domain/timestamps.ts";

/** 2027-03-04: neither a clock that a test sets nor the real one says it. */
const EPOCH_MS = Date.UTC(2027, 2, 4, 5, 6, 7, 89);
/** A prime, so that no two of the first figures add up to another one, and none is a round number. */
const STEP = 7_919;

/** Gives values of which no two are equal, not even a count and a size. */
export class Distinct {
  private last = 0;

  /** @param seed generators of different seeds, from 0 to 99, share no value until one has given 10,000 */
  constructor(seed = 0) {
    this.last = seed * 10_000;
  }

  /** A count, not 0. */
  integer(): number {
    return 11 + 2 * this.next();
  }
  /** More than any {@link integer} of the first 10,000. */
  bytes(): number {
    return 2_000_003 + STEP * this.next();
  }
  /** As the API and the items write it. Each is some minutes after the one before. */
  timestamp(): string {
    return formatTimestamp(this.milliseconds());
  }
  /** Since the epoch. */
  milliseconds(): number {
    return EPOCH_MS + this.next() * 1_000 * 397;
  }
  /** Since the epoch. */
  seconds(): number {
    return Math.floor(EPOCH_MS / 1_000) + this.next() * 86_413;
  }
  /** @param what a token, a receipt, a key: it stands in the id, so a failed test says what was mixed up */
  id(what: string): string {
    return `${what}-${this.next().toString(36)}`;
  }
  /** It has the form of a POP's name. There is no such POP. */
  pop(): string {
    const n = this.next();
    return `${AIRPORTS[n % AIRPORTS.length]}${10 + n}-P${1 + (n % 9)}`;
  }
  /** One of 64,000 addresses that are reserved for benchmarks (RFC 2544), so none is anybody's. */
  ip(): string {
    const n = this.next();
    return `198.18.${Math.floor(n / 250) % 256}.${1 + (n % 250)}`;
  }
  host(): string {
    return `h${this.next()}.example.com`;
  }
  url(host = this.host()): string {
    return `https://${host}/object-${this.next()}.bin`;
  }

  private next(): number {
    return ++this.last;
  }
}

const AIRPORTS = ["SIN", "FRA", "NRT", "BOM", "GRU", "LHR", "SYD"] as const;
