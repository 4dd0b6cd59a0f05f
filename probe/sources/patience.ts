import type { DocumentLimits } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document-error.ts";

const LOOKS_EVERY_MS = 250;

/** How long a document is waited for: in all, and for each byte. Its signal ends what is under way. */
export class Patience {
  private readonly controller = new AbortController();
  private readonly timers: NodeJS.Timeout[];
  private since: number | undefined;
  private bytes = 0;

  constructor(private readonly limits: Pick<DocumentLimits, "bytesPerSecond" | "paceAfterMs" | "milliseconds">) {
    const { milliseconds } = limits;
    this.timers = [
      setTimeout(() => this.end(`took longer than ${milliseconds / 1_000} s`), milliseconds),
      setInterval(() => this.look(), LOOKS_EVERY_MS),
    ];
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Lets bytes through and looks at their pace. @throws DocumentError once it is too slow */
  async *watch(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.since = Date.now();
    this.bytes = 0;
    const iterator = bytes[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await this.inTime(iterator.next());
        if (done === true) break;
        this.bytes += value.length;
        yield value;
      }
    } finally {
      this.since = undefined;
      // Not waited for: a generator that hangs would not end before its next byte.
      iterator.return?.()?.catch(() => undefined);
    }
  }

  /** The outcome, unless patience ends before it. @throws DocumentError */
  async inTime<T>(outcome: Promise<T>): Promise<T> {
    const ended = withRejection();
    const onAbort = () => ended.reject(this.signal.reason);
    this.signal.addEventListener("abort", onAbort, { once: true });
    if (this.signal.aborted) onAbort();
    try {
      // Both are raced in any case: an outcome that nobody waits for would end the process when it fails.
      return await Promise.race([ended.promise, outcome]);
    } finally {
      this.signal.removeEventListener("abort", onAbort);
    }
  }

  /** Nothing is waited for any more. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private look(): void {
    if (this.since === undefined) return;
    const elapsedMs = Date.now() - this.since;
    const { bytesPerSecond, paceAfterMs } = this.limits;
    if (elapsedMs > paceAfterMs && this.bytes < (elapsedMs / 1_000) * bytesPerSecond)
      this.end(`came slower than ${bytesPerSecond} bytes a second`);
  }

  private end(problem: string): void {
    this.controller.abort(new DocumentError(problem));
  }
}

function withRejection(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  return { promise, reject };
}
