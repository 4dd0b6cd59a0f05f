import { Icon } from "../parts/icon.tsx";
import { useFormReader } from "../words/form-reader.ts";
import { faultsAt } from "./faults.ts";
import { Field, Wrong } from "./field.tsx";
import type { PartProps } from "./what-part.tsx";

/** What most requests leave as it is. */
export function MorePart({ form, onForm, faults }: PartProps) {
  const { say } = useFormReader();
  const isWrong = faultsAt(faults, "header", "max_bytes", "max_failures", "client_token").length > 0;
  const isFilled = [form.header, form.originConcurrency, form.maxBytes, form.maxFailures, form.token].some(
    (it) => it !== "",
  );
  return (
    <details class="part disclose" open={isWrong || isFilled}>
      <summary>
        <Icon name="next" />
        <b>{say("more")}</b> <span class="quiet">{say("moreSays")}</span>
      </summary>
      <div class="field">
        <label for="new-header" class="small">
          {say("headersLabel")}
        </label>
        <textarea
          id="new-header"
          class="input mono"
          rows={3}
          spellcheck={false}
          placeholder={"Referer: https://www.example.com/\nX-Token: 42"}
          value={form.header}
          onInput={({ currentTarget }) => onForm({ header: currentTarget.value })}
        />
        <Wrong lines={faultsAt(faults, "header")} />
      </div>
      <div class="three">
        <Field
          label={say("originAtOnce")}
          value={form.originConcurrency}
          placeholder="–"
          isNumber
          onValue={(originConcurrency) => onForm({ originConcurrency })}
        />
        <Field
          label={say("maxBytes")}
          value={form.maxBytes}
          placeholder="–"
          isNumber
          wrong={faultsAt(faults, "max_bytes")}
          onValue={(maxBytes) => onForm({ maxBytes })}
        />
        <Field
          label={say("maxFailures")}
          value={form.maxFailures}
          placeholder="–"
          isNumber
          wrong={faultsAt(faults, "max_failures")}
          onValue={(maxFailures) => onForm({ maxFailures })}
        />
      </div>
      <Field
        label={say("token")}
        value={form.token}
        isCode
        wrong={faultsAt(faults, "client_token")}
        onValue={(token) => onForm({ token })}
      />
    </details>
  );
}
