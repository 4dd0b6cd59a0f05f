import { useEffect, useRef, useState } from "preact/hooks";
import { RefusedError } from "../client/api-client.ts";
import { Brand } from "./parts/brand.tsx";
import { LanguageButton, ThemeButton } from "./parts/preference-buttons.tsx";
import { useErrorWords } from "./parts/problem.tsx";
import { Prose } from "./parts/prose.tsx";
import { useTab } from "./parts/use-tab.ts";
import { apiBase, createClient } from "./session/client.ts";
import { isThisMachine } from "./session/is-this-machine.ts";
import { useReader } from "./session/reader.ts";

const WHERE = 'aws apigateway get-api-key --include-value --query value --output text --api-key "$KEY_ID"';

interface GateProps {
  /** The key that was in use is no longer taken. */
  readonly refused: boolean;
  readonly onKey: (key: string) => void;
}

/** Asks for the key, and tries it before anything is shown. */
export function Gate({ refused, onKey }: GateProps) {
  const { say } = useReader();
  const wordsOf = useErrorWords();
  const [typed, setTyped] = useState("");
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState(refused ? say("keyWrong") : "");
  const input = useRef<HTMLInputElement>(null);
  useTab("");
  useEffect(() => input.current?.focus(), []);

  const tryKey = async (event: Event) => {
    event.preventDefault();
    const key = typed.trim();
    if (key === "" || asking) return;
    setAsking(true);
    try {
      await createClient(key, apiBase(location.href)).instances();
      onKey(key);
    } catch (error) {
      const isKey = error instanceof RefusedError && error.isWrongKey;
      setProblem(isKey ? say("keyWrong") : wordsOf(error).says);
      setAsking(false);
    }
  };

  return (
    <main class="gate">
      <form onSubmit={tryKey} autocomplete="off">
        <h1>
          <Brand />
        </h1>
        <div class="field">
          <label for="key" class="strong">
            {say("keyTitle")}
          </label>
          <input
            ref={input}
            id="key"
            class="input mono"
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={typed}
            aria-invalid={problem !== ""}
            aria-describedby="key-problem key-says"
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <p id="key-problem" class="wrong" role="alert">
            {problem}
          </p>
          <p id="key-says" class="quiet small">
            {say("keySays")}
          </p>
        </div>
        <div class="foot">
          <span />
          <button type="submit" class="button primary" disabled={asking || typed.trim() === ""}>
            {say(asking ? "keyAsking" : "keyOpen")}
          </button>
        </div>
        <div class="quiet small">
          {isThisMachine(location.hostname) ? (
            <p>
              <Prose text={say("keyHere")} />
            </p>
          ) : null}
          <p>
            <Prose text={say("keyWhere")} />
          </p>
          <pre>{WHERE}</pre>
        </div>
        <div class="foot">
          <LanguageButton />
          <ThemeButton />
        </div>
      </form>
    </main>
  );
}
