import { useCopy } from "../parts/copy.ts";
import { Icon } from "../parts/icon.tsx";
import { useReader } from "../session/reader.ts";

/** Hands the sentence to whatever the phone sends texts with; where the browser has no such thing, copies it. */
export function SendProgress({ text }: { readonly text: string }) {
  const { say } = useReader();
  const { done, copy } = useCopy(text);
  const send = () => {
    if (typeof navigator.share !== "function") return copy();
    // Who thinks better of it has not met an error.
    navigator.share({ text }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === "AbortError")) copy();
    });
  };
  return (
    <button type="button" class="button" onClick={send}>
      <Icon name={done ? "check" : "share"} />
      <span>{say(done ? "copied" : "sendProgress")}</span>
    </button>
  );
}
