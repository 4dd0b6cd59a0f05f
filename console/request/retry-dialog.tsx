import { useState } from "preact/hooks";
import type { Failure } from "../../client/answers.ts";
import { Dialog } from "../parts/dialog.tsx";
import { DialogEnd } from "../parts/dialog-end.tsx";
import { Prose } from "../parts/prose.tsx";
import { useAction } from "../parts/use-action.ts";
import { hrefOf } from "../routes.ts";
import { useClient } from "../session/client.ts";
import { useReader } from "../session/reader.ts";
import { keyOf, useReasonWords } from "./failures.tsx";

interface RetryDialogProps {
  readonly id: string;
  /** Tasks that are not good. */
  readonly tasks: number;
  /** Failures that come again unless something is changed; none: a retry may help by itself. */
  readonly toChange: readonly Failure[];
  readonly onClose: () => void;
}

/** Asks before a new request is made, and for what the old one does not remember. */
export function RetryDialog({ id, tasks, toChange, onClose }: RetryDialogProps) {
  const { say, count } = useReader();
  const client = useClient();
  const [headers, setHeaders] = useState("");
  const action = useAction(async () => {
    const header = headers.split("\n").filter((line) => line.trim() !== "");
    const body = { retry_of: id, ...(header.length === 0 ? {} : { header }) };
    const { value } = await client.start(body);
    onClose();
    location.hash = hrefOf({ name: "request", id: value.request_id });
  });
  return (
    <Dialog title={say("retryTitle")} onClose={onClose}>
      <p>{tasks > 0 ? count("retrySays", tasks) : say("retryRest")}</p>
      {toChange.length === 0 ? null : (
        <>
          <p class="gap-top strong">{say("retryVain")}</p>
          <ul class="send-facts">
            {toChange.map((failure) => (
              <ToChange key={keyOf(failure)} failure={failure} />
            ))}
          </ul>
        </>
      )}
      <div class="field">
        <label for="retry-headers" class="quiet small">
          {say("retryHeaders")}
        </label>
        <textarea
          id="retry-headers"
          class="input mono"
          rows={2}
          spellcheck={false}
          value={headers}
          onInput={({ currentTarget }) => setHeaders(currentTarget.value)}
        />
      </div>
      <DialogEnd action={action} onClose={onClose} text={say("retryDo")} />
    </Dialog>
  );
}

function ToChange({ failure }: { readonly failure: Failure }) {
  const { say } = useReader();
  const { title, next } = useReasonWords(failure.code, failure);
  return (
    <li>
      <Prose text={say("titleThen", { title, next })} />
    </li>
  );
}
