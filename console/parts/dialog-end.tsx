import { useReader } from "../session/reader.ts";
import { Problem } from "./problem.tsx";
import type { useAction } from "./use-action.ts";

interface DialogEndProps {
  readonly action: ReturnType<typeof useAction>;
  /** What the button says that does it. */
  readonly text: string;
  /** What the other one says. @default "Cancel" */
  readonly otherText?: string;
  /** `asked`: Enter does it. `costs`, `loses`: Enter does not, and the button that does stands first. @default asked */
  readonly weight?: "asked" | "costs" | "loses";
  readonly onClose: () => void;
}

/** How every question ends: why it did not work, what does it, and what leaves all as it is. */
export function DialogEnd({ action, text, otherText, weight = "asked", onClose }: DialogEndProps) {
  const { say } = useReader();
  const { busy, problem, run } = action;
  const isAsked = weight === "asked";
  const does = (
    <button type="button" class={`button ${CLASSES[weight]}`} {...first(isAsked)} disabled={busy} onClick={run}>
      {text}
    </button>
  );
  const leaves = (
    <button type="button" class={isAsked ? "button" : "button primary"} {...first(!isAsked)} onClick={onClose}>
      {otherText ?? say("cancel")}
    </button>
  );
  return (
    <>
      {problem === undefined ? null : (
        <p class="failed" role="alert">
          <Problem error={problem} />
        </p>
      )}
      <div class="actions">
        {isAsked ? leaves : does}
        {isAsked ? does : leaves}
      </div>
    </>
  );
}

const CLASSES = { asked: "primary", costs: "", loses: "danger" } as const;

/** The one that has the focus. The attribute is there or not: its value does not matter. */
function first(is: boolean) {
  return is ? { "data-first": true } : {};
}
