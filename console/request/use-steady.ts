import { useEffect, useState } from "preact/hooks";

const STEADY_MS = 10_000;

/** A value that changes at most every ten seconds, unless one of another kind is due. */
export function useSteady<T>(value: T, kind: string): T {
  const [shown, setShown] = useState({ value, kind, at: Date.now() });
  const due = shown.kind !== kind || Date.now() - shown.at >= STEADY_MS;
  useEffect(() => {
    if (due && shown.value !== value) setShown({ value, kind, at: Date.now() });
  }, [due, value, kind, shown.value]);
  return shown.kind === kind ? shown.value : value;
}
