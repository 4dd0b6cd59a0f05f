import { useFormReader } from "../words/form-reader.ts";

const NAMES = ["what", "pops", "sendDo"] as const;

/** On a phone one of three parts is shown at a time. */
export function Steps({ step, onStep }: { readonly step: number; readonly onStep: (step: number) => void }) {
  const { say } = useFormReader();
  return (
    <nav class="steps" aria-label={say("steps")}>
      {NAMES.map((name, i) => (
        <button
          key={name}
          type="button"
          {...(step === i + 1 ? { "aria-current": "step" as const } : {})}
          onClick={() => onStep(i + 1)}
        >
          {i + 1} {say(name)}
        </button>
      ))}
    </nav>
  );
}
