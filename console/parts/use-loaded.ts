import { useEffect, useState } from "preact/hooks";

/** A part of the page's own code that is fetched when it is needed first. */
export interface Loaded<T> {
  readonly value: T | undefined;
  /** Why it did not come: no connection, or another release has taken this one's place. */
  readonly error: unknown;
  readonly again: () => void;
}

/** @param load the same function each time: what it gives is kept by the browser */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [part, setPart] = useState<{ readonly value?: T; readonly error?: unknown }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    let gone = false;
    load().then(
      (value) => gone || setPart({ value }),
      (error: unknown) => gone || setPart({ error }),
    );
    return () => {
      gone = true;
    };
  }, [load, round]);
  return { value: part.value, error: part.error, again: () => setRound((it) => it + 1) };
}
