import { useReader } from "../session/reader.ts";

/** The end of a dialog that only shows something. */
export function CloseButton({ onClose }: { readonly onClose: () => void }) {
  const { say } = useReader();
  return (
    <div class="actions">
      <button type="button" class="button primary" data-first onClick={onClose}>
        {say("close")}
      </button>
    </div>
  );
}
