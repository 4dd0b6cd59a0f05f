import { CopyButton } from "../parts/copy-button.tsx";
import { apiBase } from "../session/client.ts";
import type { FormTextName } from "../words/form-reader.ts";
import { useFormReader } from "../words/form-reader.ts";
import { curlOf } from "./curl.ts";
import { EstimateFacts, Foreseen, LeftOut } from "./estimate-bar.tsx";
import { Wrong } from "./field.tsx";
import { otherWarnings } from "./figures.ts";
import { SaveButton } from "./save-button.tsx";
import { type ListedUnreadable, Unreadable } from "./unreadable.tsx";
import type { Estimated } from "./use-estimate.ts";

interface SendBarProps {
  /** The body. */
  readonly json: string;
  readonly estimated: Estimated;
  readonly unreadable: ListedUnreadable;
  /** Why it cannot be sent. */
  readonly off: FormTextName | undefined;
  /** Whether anything was typed: before, nobody asks why. */
  readonly hasInput: boolean;
  readonly onSend: () => void;
}

/** What it comes to, the same as a call or a file, and Send. */
export function SendBar({ json, estimated, unreadable, off, hasInput, onSend }: SendBarProps) {
  const { say } = useFormReader();
  const answer = estimated.value ?? estimated.previous;
  return (
    <section class="new-send" aria-label={say("estimate")}>
      {answer === undefined ? null : (
        <>
          <Foreseen warnings={otherWarnings(answer)} />
          <Unreadable bytes={answer.estimate.bytes} isOpen={false} {...unreadable} />
          <LeftOut urls={answer.skipped_urls} />
        </>
      )}
      <Wrong lines={estimated.faults.rest} />
      <div class="send-row">
        <EstimateFacts estimated={estimated} />
        <div class="send-buttons">
          <SaveButton json={json} />
          <CopyButton text={curlOf(json, apiBase(location.href))} label={say("copyCurl")}>
            {say("curl")}
          </CopyButton>
          <button
            type="button"
            class="button primary send"
            disabled={off !== undefined}
            title={off === undefined ? "" : say("whyNotSend", { reason: say(off) })}
            onClick={onSend}
          >
            {say("send")} <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </div>
      {off === undefined || !hasInput ? null : <p class="small quiet">{say("whyNotSend", { reason: say(off) })}</p>}
    </section>
  );
}
