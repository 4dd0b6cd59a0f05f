import { CloseButton } from "../parts/close-button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useReader } from "../session/reader.ts";
import type { TextName } from "../words/messages.ts";

const KEYS: readonly (readonly [key: string, says: TextName])[] = [
  ["/", "keySearch"],
  ["n", "newRequest"],
  ["j k", "keyRows"],
  ["Enter", "keyOpen"],
  ["v", "keyView"],
  ["f", "failedOnly"],
  ["c", "copySentence"],
  ["s", "keyStop"],
  ["r", "keyRetry"],
  ["← ↑ ↓ →", "keyArrows"],
  ["Ctrl Enter", "keySend"],
  ["?", "keyHelp"],
  ["Esc", "close"],
];

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const { say } = useReader();
  return (
    <Dialog title={say("keysTitle")} onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([key, says]) => (
          <KeyRow key={key} name={key} says={say(says)} />
        ))}
      </dl>
      <CloseButton onClose={onClose} />
    </Dialog>
  );
}

function KeyRow({ name, says }: { readonly name: string; readonly says: string }) {
  return (
    <>
      <dt>
        <kbd>{name}</kbd>
      </dt>
      <dd>{says}</dd>
    </>
  );
}
