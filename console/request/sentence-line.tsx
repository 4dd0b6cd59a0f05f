import { useMemo } from "preact/hooks";
import type { Progress } from "../../client/answers.ts";
import { footnote, sentence as sentenceOf } from "../../domain/readiness/sentence.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { Told } from "../parts/problem.tsx";
import { Prose } from "../parts/prose.tsx";
import { Shape } from "../parts/shape.tsx";
import { rowState } from "../requests/row-state.ts";
import { useReader } from "../session/reader.ts";
import { reasonIn } from "../words/api-chinese.ts";
import { sentenceParts } from "./sentence-parts.ts";
import { othersOf } from "./the-others.ts";
import { useSteady } from "./use-steady.ts";

/**
 * The one sentence, in the reader's language and time. It changes at most every ten seconds, or when it says another thing.
 * @returns it, and the answer that it is of: what stands beside it says the same time
 */
export function useSentence(request: Progress): { readonly sentence: string; readonly of: Progress } {
  const { preferences, formats } = useReader();
  const { language } = preferences;
  const sentenceIn = (of: Progress) =>
    sentenceOf({ ...of, reason: reasonIn(language, of.reason) }, language, formats.clock);
  const [head] = sentenceParts(sentenceIn(request), isTerminal(request.status));
  const of = useSteady(request, `${request.status} ${head.replace(/\d+/g, "")}`);
  return { sentence: sentenceIn(of), of };
}

interface SentenceLineProps {
  readonly request: Progress;
  readonly sentence: string;
  readonly bad: number;
}

export function SentenceLine({ request, sentence, bad }: SentenceLineProps) {
  const { say, count, preferences } = useReader();
  const ended = isTerminal(request.status);
  const [head, rest] = sentenceParts(sentence, ended);
  const [mark = ""] = /[.:。：]$/.exec(head) ?? [];
  const { form, tone } = rowState(request);
  const pops = request.pops.filter((it) => it.failed_count > 0).length;
  const tenth = Math.floor(request.percentage_complete / 10) * 10;
  return (
    <div class="sentence">
      {ended ? (
        <span class={tone}>
          <Shape form={form} />
        </span>
      ) : null}
      <p class="says">
        <strong>
          {head.slice(0, head.length - mark.length)}
          <span class="mark">{mark}</span>
        </strong>{" "}
        <span class={request.status === "FAILED" ? "" : "clause"}>{rest}</span>
      </p>
      {!ended && bad > 0 ? (
        <p class="failed alarm">
          <Shape form="failed" />
          {say("failedAt", { tasks: count("failedTasks", bad), pops: count("popCount", Math.max(1, pops)) })}
        </p>
      ) : null}
      {preferences.language === "zh" && request.reason !== undefined ? <Told says="" told={request.reason} /> : null}
      {ended ? <TheOthers request={request} /> : null}
      <Footnote request={request} />
      <p class="spoken" role="status">
        {ended ? sentence : `${head} ${tenth}%`}
      </p>
    </div>
  );
}

function Footnote({ request }: Pick<SentenceLineProps, "request">) {
  const { preferences } = useReader();
  const note = footnote(request, preferences.language);
  return note === undefined ? null : <p class="quiet small others">{note}</p>;
}

/** Below a bad end: where everything else is warm. */
function TheOthers({ request }: Pick<SentenceLineProps, "request">) {
  const { say, count } = useReader();
  const others = useMemo(() => othersOf(request), [request]);
  if (others === undefined) return null;
  const { objects, areOthers, pops, warmPops, but } = others;
  const where =
    warmPops === pops && pops > 2 ? count("everyPop", pops) : say("popsOfPops", { count: warmPops, total: pops });
  const warm = say(areOthers ? "othersWarm" : "allObjectsWarm", { count: objects, pops: where });
  return (
    <p class="others">
      <Prose
        text={
          but === undefined
            ? say("othersEnd", { clause: warm })
            : say("othersBut", { clause: warm, count: but.objects, pop: but.pop })
        }
      />
    </p>
  );
}
