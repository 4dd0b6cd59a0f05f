import { Dialog } from "../parts/dialog.tsx";
import { DialogEnd } from "../parts/dialog-end.tsx";
import { useAction } from "../parts/use-action.ts";
import { useClient } from "../session/client.ts";
import { useReader } from "../session/reader.ts";

interface StopDialogProps {
  readonly id: string;
  /** Tasks without a result. */
  readonly left: number;
  readonly onClose: () => void;
  readonly onStopped: () => void;
}

/** Says what is lost and what stays. Whoever presses Enter keeps it running. */
export function StopDialog({ id, left, onClose, onStopped }: StopDialogProps) {
  const { say, count } = useReader();
  const client = useClient();
  const action = useAction(async () => {
    // None are wanted of this request. What other requests need is kept by the API.
    await client.stop(id);
    onStopped();
    onClose();
  });
  return (
    <Dialog title={say("stopTitle")} onClose={onClose}>
      <p>{count("stopSays", left)}</p>
      <DialogEnd action={action} onClose={onClose} text={say("stopDo")} otherText={say("keepRunning")} weight="loses" />
    </Dialog>
  );
}
