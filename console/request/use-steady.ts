import { useEffect, useState } from "preact/hooks";

const STEADY_MS = 10_000;

/** A text that changes at most every ten seconds, unless another kind of text is due. */
export function useSteady(text: string, kind: string): string {
  const [shown, setShown] = useState({ text, kind, at: Date.now() });
  const due = shown.kind !== kind || Date.now() - shown.at >= STEADY_MS;
  useEffect(() => {
    if (due && shown.text !== text) setShown({ text, kind, at: Date.now() });
  }, [due, text, kind, shown.text]);
  return shown.kind === kind ? shown.text : text;
}
