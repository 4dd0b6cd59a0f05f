import type { Answer } from "./reply.ts";

interface Flight {
  readonly key: string;
  /** No invalidation came meanwhile. */
  valid: boolean;
}

/** The fetches of one tier that are under way. */
export class Flights {
  readonly #latest = new Map<string, Promise<Answer>>();
  readonly #all = new Set<Flight>();

  /** The fetch of this key that may still be shared. */
  underWay(key: string): Promise<Answer> | undefined {
    return this.#latest.get(key);
  }

  /** @param landed is told whether the answer may still be kept; its result is what everybody who waits gets */
  start(key: string, fetch: Promise<Answer>, landed: (answer: Answer, valid: boolean) => Answer): Promise<Answer> {
    const flight = { key, valid: true };
    const arrival = fetch.then((answer) => {
      this.#all.delete(flight);
      if (this.#latest.get(key) === arrival) this.#latest.delete(key);
      return landed(answer, flight.valid);
    });
    this.#all.add(flight);
    this.#latest.set(key, arrival);
    return arrival;
  }

  invalidate(matches: (key: string) => boolean): void {
    for (const flight of this.#all) {
      if (!matches(flight.key)) continue;
      flight.valid = false;
      this.#latest.delete(flight.key);
    }
  }
}
