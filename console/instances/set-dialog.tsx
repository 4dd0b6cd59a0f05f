import { Dialog } from "../parts/dialog.tsx";
import { useAction } from "../parts/use-action.ts";
import { useReader } from "../session/reader.ts";

interface SetDialogProps {
  readonly wanted: number;
  readonly onSet: (wanted: number) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before everything is paused, and before many instances are started. */
export function SetDialog({ wanted, onSet, onClose }: SetDialogProps) {
  const { say, formats } = useReader();
  const { busy, problem, run } = useAction(async () => {
    await onSet(wanted);
    onClose();
  });
  return (
    <Dialog title={say("setTitle", [formats.count(wanted)])} onClose={onClose}>
      <p>{say(wanted === 0 ? "setPauses" : "setMany")}</p>
      {problem === undefined ? null : (
        <p class="failed" role="alert">
          {problem}
        </p>
      )}
      <div class="actions">
        <button type="button" class={wanted === 0 ? "button danger" : "button"} disabled={busy} onClick={run}>
          {say("setSure")}
        </button>
        <button type="button" class="button primary" data-first onClick={onClose}>
          {say("cancel")}
        </button>
      </div>
    </Dialog>
  );
}
