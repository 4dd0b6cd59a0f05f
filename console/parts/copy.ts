import { useState } from "preact/hooks";

/** @returns whether the browser did it: it may not, on a page that is not https */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

const SAID_MS = 2_000;

/** Copies, and is `done` for a moment after. */
export function useCopy(text: string): { readonly done: boolean; readonly copy: () => void } {
  const [done, setDone] = useState(false);
  const copy = () =>
    void copyText(text).then((copied) => {
      setDone(copied);
      setTimeout(() => setDone(false), SAID_MS);
    });
  return { done, copy };
}
