import { useEffect, useState } from "preact/hooks";

/** What is fetched once, when it is needed first: a part of the page's own code, or an answer that does not change. */
export interface Loaded<T> {
  readonly value: T | undefined;
  /** Why it did not come: no connection, or another release has taken this one's place. */
  readonly error: unknown;
  readonly again: () => void;
}

/** @param load the same function each time; another one is called anew */
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
