import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: ComponentChildren;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** What is wrong with it, a line each. */
  readonly wrong?: readonly string[];
  readonly unit?: ComponentChildren;
  readonly placeholder?: string;
  readonly isNumber?: boolean;
  readonly isCode?: boolean;
}

/** A labelled line of text with its unit, and what is wrong with it below. */
export function Field(props: FieldProps) {
  const { label, value, onValue, wrong = [], unit, placeholder, isNumber, isCode } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id} class="small">
        {label}
      </label>
      <div class="with-unit">
        <input
          id={id}
          class={isCode ? "input mono" : "input"}
          value={value}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={wrong.length > 0}
          aria-describedby={`${id}-wrong`}
          {...(isNumber ? { inputMode: "decimal" as const } : {})}
          {...(placeholder === undefined ? {} : { placeholder })}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
        {unit === undefined ? null : <span class="unit small">{unit}</span>}
      </div>
      <Wrong id={`${id}-wrong`} lines={wrong} />
    </div>
  );
}

export function Wrong({ id, lines }: { readonly id?: string; readonly lines: readonly string[] }) {
  return (
    <div {...(id === undefined ? {} : { id })} class="wrong small" aria-live="polite">
      {lines.map((line) => (
        <p key={line} class="break">
          {line}
        </p>
      ))}
    </div>
  );
}
