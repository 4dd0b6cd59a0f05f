import { useEffect, useRef } from "preact/hooks";
import { useReader } from "../session/reader.ts";

/** What single keys do while a view is open, by the letter. */
export type Keys = Readonly<Record<string, () => void>>;

/** Whether a key is meant for the page: not while something is typed, a question is open, or another key is held. */
export function isForPage(
  event: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey" | "defaultPrevented" | "target">,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : undefined;
  return target?.closest("input, textarea, select, dialog, [contenteditable]") == null;
}

export function useKeys(keys: Keys): void {
  const { shortcuts } = useReader().preferences;
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!shortcuts) return;
    const pressed = (event: KeyboardEvent) => {
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (act === undefined || !isForPage(event)) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [shortcuts]);
}
