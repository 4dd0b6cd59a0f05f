import type { ComponentChildren } from "preact";
import { useReader } from "../session/reader.ts";
import { useCopy } from "./copy.ts";
import { Icon, type IconName } from "./icon.tsx";

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

/** Copies a text, and says that it has. */
export function CopyButton({ text, label, icon = "copy", class: its = "button", children }: CopyButtonProps) {
  const { say } = useReader();
  const { done, copy } = useCopy(text);
  return (
    <button type="button" class={its} title={label} aria-label={done ? say("copied") : label} onClick={copy}>
      <Icon name={done ? "check" : icon} />
      {children === undefined ? null : <span>{done ? say("copied") : children}</span>}
    </button>
  );
}
