import { wordsOf } from "../../domain/readiness/reasons.ts";
import { failureReasons } from "../../domain/result/failure.ts";
import type { Failure } from "../api/answers.ts";
import { Prose } from "../parts/prose.tsx";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";

/** The words of a reason; one that a newer release knows is told as "other". */
export function useReasonWords(code: string) {
  const { preferences } = useReader();
  return wordsOf(failureReasons.find((known) => known === code) ?? "other", preferences.language);
}

/** `96 objects at BOM54-P2`, `4 objects at 40 POPs`. */
function useScope({ tasks, pops, urls, examples }: Failure): string {
  const { say, count } = useReader();
  const where = pops === 1 ? (examples[0]?.pop ?? count("popCount", 1)) : count("popCount", pops);
  if (urls === null) return say("scopePops", [count("taskCount", tasks), where]);
  return say("scope", [count("taskCount", tasks), count("objectCount", urls), where]);
}

/** While it runs: a reason, where, and what to do. */
export function FailureCard({ failure }: { readonly failure: Failure }) {
  const { say, formats } = useReader();
  const words = useReasonWords(failure.code);
  const scope = useScope(failure);
  return (
    <li class="reason">
      <span class={formOf(failure)}>
        <Shape form={formOf(failure)} />
      </span>
      <h3>{words.title}</h3>
      <strong class={`number ${formOf(failure)}`}>{formats.count(failure.tasks)}</strong>
      <p>
        {say("scopeThen", [scope])}
        <Prose text={words.next} />
      </p>
      <Examples failure={failure} />
    </li>
  );
}

/** At the end: what viewers meet, and what to do, beside it. */
export function FailureRow({ failure }: { readonly failure: Failure }) {
  const words = useReasonWords(failure.code);
  const scope = useScope(failure);
  const { viewers, next } = words;
  return (
    <li class="reason wide">
      <span class={formOf(failure)}>
        <Shape form={formOf(failure)} />
      </span>
      <div>
        <h3>{words.title}</h3>
        <p>{scope}</p>
        <Examples failure={failure} />
      </div>
      <p>
        <Prose text={viewers.endsWith("。") ? viewers + next : `${viewers} ${next}`} />
      </p>
    </li>
  );
}

function formOf({ code }: Failure): "not_kept" | "failed" {
  return code === "not_kept" ? "not_kept" : "failed";
}

function Examples({ failure }: { readonly failure: Failure }) {
  const { say, still } = useReader();
  if (failure.examples.length === 0) return null;
  return (
    <details class="examples" open={still}>
      <summary>{say("examples")}</summary>
      <ul>
        {failure.examples.map(({ url, pop, variant, error }) => (
          <li key={`${pop} ${variant} ${url}`}>
            <code class="break">{url}</code>
            <div class="quiet small break">
              {[pop, variant, error].filter((it) => it !== undefined && it !== "").join(" · ")}
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}
