import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Share } from "./selection.ts";

interface TriStateProps {
  readonly share: Share;
  readonly onToggle: () => void;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A checkbox that is also half on. */
export function TriState({ share, onToggle, children, class: name = "" }: TriStateProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current !== null) input.current.indeterminate = share === "some";
  }, [share]);
  return (
    <label class={`check ${name}`}>
      <input ref={input} type="checkbox" checked={share === "all"} onChange={onToggle} />
      {children}
    </label>
  );
}
