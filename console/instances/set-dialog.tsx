import { Dialog } from "../parts/dialog.tsx";
import { DialogEnd } from "../parts/dialog-end.tsx";
import { useAction } from "../parts/use-action.ts";
import { useReader } from "../session/reader.ts";

interface SetDialogProps {
  readonly wanted: number;
  readonly onSet: (wanted: number) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before everything is paused, and before many instances are started. */
export function SetDialog({ wanted, onSet, onClose }: SetDialogProps) {
  const { say } = useReader();
  const action = useAction(async () => {
    await onSet(wanted);
    onClose();
  });
  return (
    <Dialog title={say("setTitle", { count: wanted })} onClose={onClose}>
      <p>{say(wanted === 0 ? "setPauses" : "setMany")}</p>
      <DialogEnd action={action} onClose={onClose} text={say("setSure")} weight={wanted === 0 ? "loses" : "costs"} />
    </Dialog>
  );
}
