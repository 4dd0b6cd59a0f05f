import { useEffect, useRef, useState } from "preact/hooks";
import { isNotFound, NoAnswerError } from "../../client/api-client.ts";
import { delayOf } from "./pace.ts";

/** What is known of something that is asked for again and again. What was known stays when an answer fails. */
export interface Live<T> {
  readonly value: T | undefined;
  /** Why the last call failed. Undefined after one that did not. */
  readonly error: unknown;
  /** Since when there is no answer. */
  readonly lostSince: number | undefined;
  readonly again: () => void;
}

interface Seen<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly lostSince: number | undefined;
}

const NOTHING = { value: undefined, error: undefined, lostSince: undefined };

/**
 * Asks until the component is gone.
 * @param name what is asked for: another name starts afresh
 * @param everyMs how long to wait after an answer; undefined: it does not change any more
 */
export function useLive<T>(
  name: string,
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: (value: T) => number | undefined,
): Live<T> {
  const [seen, setSeen] = useState<Seen<T>>(NOTHING);
  const [round, setRound] = useState(0);
  const latest = useRef({ load, everyMs });
  latest.current = { load, everyMs };

  useEffect(() => setSeen(NOTHING), [name]);
  useEffect(() => {
    const stopped = new AbortController();
    let timer = 0;
    let failures = 0;
    let lostSince: number | undefined;
    let answeredAt: number | undefined;
    const ask = async (): Promise<void> => {
      let wait: number | undefined;
      try {
        const value = await latest.current.load(stopped.signal);
        if (stopped.signal.aborted) return;
        [failures, lostSince, answeredAt] = [0, undefined, Date.now()];
        setSeen({ value, error: undefined, lostSince });
        wait = latest.current.everyMs(value);
      } catch (error) {
        if (stopped.signal.aborted) return;
        failures++;
        if (error instanceof NoAnswerError) lostSince ??= answeredAt ?? Date.now();
        else lostSince = undefined;
        const since = lostSince;
        setSeen((before) => ({ value: before.value, error, lostSince: since }));
        if (!isNotFound(error)) wait = 0;
      }
      if (wait !== undefined) timer = window.setTimeout(ask, delayOf(wait, failures, document.hidden));
    };
    // Who comes back to the tab sees how it stands now.
    const shown = () => {
      if (document.hidden || timer === 0) return;
      window.clearTimeout(timer);
      timer = 0;
      void ask();
    };
    document.addEventListener("visibilitychange", shown);
    void ask();
    return () => {
      stopped.abort();
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [name, round]);
  return { ...seen, again: () => setRound((it) => it + 1) };
}
