import type { ComponentChildren } from "preact";
import type { Failure, Progress } from "../../client/answers.ts";
import { reasonText, statusOfAll } from "../../domain/readiness/reasons.ts";
import { readReason } from "../../domain/result/failure.ts";
import { Icon } from "../parts/icon.tsx";
import { Prose } from "../parts/prose.tsx";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";
import { firstNames, nameBelow } from "./example-names.ts";

/** The words of a reason; one that a newer release knows is told as "other". @param failure its group: what to do may follow from the status */
export function useReasonWords(code: string, failure?: Failure) {
  const { preferences } = useReader();
  return reasonText(readReason(code), preferences.language, failure && statusOfAll(failure));
}

/** What tells one group of a request from all others. */
export function keyOf({ subject, code }: Failure): string {
  return `${subject} ${code}`;
}

/** How many tasks failed; of input failures, how many URLs or POPs. */
function numberOf({ subject, tasks, urls, pops }: Failure): number {
  return { task: tasks, url: urls ?? 0, pop: pops }[subject];
}

/** `96 tasks: 96 objects at BOM54-P2`, `160 tasks: 4 objects at all 40 POPs`, `2 URLs could not be read`. @param everyPop how many POPs have tasks */
function useScope({ subject, tasks, pops, urls, examples }: Failure, everyPop: number): string {
  const { say, count } = useReader();
  if (subject === "url") return count("unreadableCount", urls ?? 0);
  if (subject === "pop") return count("unresolvedCount", pops);
  const place = count(pops === everyPop && pops > 2 ? "everyPop" : "popCount", pops);
  const where = pops === 1 ? (examples[0]?.pop ?? place) : place;
  if (urls === null) return say("scopePops", { tasks: count("taskCount", tasks), pops: where });
  return say("scope", { tasks: count("taskCount", tasks), objects: count("objectCount", urls), pops: where });
}

/** While it runs: a reason, where, and what to do. @param prefix what all URLs of the request begin with */
export function FailureCard({ failure, prefix }: { readonly failure: Failure; readonly prefix: string }) {
  const { say, formats } = useReader();
  const words = useReasonWords(failure.code, failure);
  // Where it fails is not known to the end: "all" would say more than that.
  const scope = useScope(failure, 0);
  return (
    <li class="reason">
      <span class={formOf(failure)}>
        <Shape form={formOf(failure)} />
      </span>
      <h3>{words.title}</h3>
      <strong class={`number ${formOf(failure)}`}>{formats.count(numberOf(failure))}</strong>
      <p>
        {say("scopeThen", { scope })}
        <Prose text={words.next} />
      </p>
      <Examples
        failure={failure}
        line={failure.subject === "url" ? <UnreadUrls failure={failure} prefix={prefix} /> : say("examples")}
      />
    </li>
  );
}

interface FailureRowProps {
  readonly failure: Failure;
  readonly request: Pick<Progress, "pops" | "url_prefix">;
}

/** At the end: what viewers meet, and what to do, beside it. */
export function FailureRow({ failure, request }: FailureRowProps) {
  const words = useReasonWords(failure.code, failure);
  const scope = useScope(failure, request.pops.filter((it) => it.total_count > 0).length);
  const names = firstNames(
    failure.examples.flatMap(({ url, pop = "" }) => url ?? pop),
    request.url_prefix,
  );
  const { viewers, next } = words;
  return (
    <li class="reason wide">
      <span class={formOf(failure)}>
        <Shape form={formOf(failure)} />
      </span>
      <div>
        <h3>{words.title}</h3>
        <p>
          <NumberFirst text={scope} />
        </p>
        <Examples
          failure={failure}
          line={
            failure.subject === "url" ? (
              <UnreadUrls failure={failure} prefix={request.url_prefix} />
            ) : (
              <Names names={names} count={failure.subject === "pop" ? failure.pops : (failure.urls ?? names.length)} />
            )
          }
        />
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

interface NamesProps {
  readonly names: readonly string[];
  /** How many there are in all. */
  readonly count: number;
}

/** `audio/zh/init.mp4, and 3 more` */
export function Names({ names, count: all }: NamesProps) {
  const { say, count } = useReader();
  const [first = "", second] = names;
  const more = all - names.length;
  const told = second === undefined ? first : say("listOfTwo", { first, second });
  return (
    <span class="names">
      <code class="break">{told}</code>
      {more > 0 ? <span class="quiet">{say("listOfTwo", { first: "", second: count("andMore", more) })}</span> : null}
    </span>
  );
}

/** `nothere.png: HTTP 404`: each URL that is named has a reason of its own. */
function UnreadUrls({ failure: { examples, urls }, prefix }: { readonly failure: Failure; readonly prefix: string }) {
  const { count } = useReader();
  const more = (urls ?? 0) - new Set(examples.map(({ url }) => url)).size;
  return (
    <span class="names">
      {examples.map(({ url = "", variant, error }) => (
        <span key={`${variant} ${url}`} class="break">
          <code>{nameBelow(url, prefix)}</code>: {error}
        </span>
      ))}
      {more > 0 ? <span class="quiet">{count("andMore", more)}</span> : null}
    </span>
  );
}

/** What leads is what counts. */
function NumberFirst({ text }: { readonly text: string }) {
  const [number = ""] = /^[\d,]*/.exec(text) ?? [];
  return (
    <>
      <strong>{number}</strong>
      {text.slice(number.length)}
    </>
  );
}

interface ExamplesProps {
  readonly failure: Failure;
  /** What is seen before they are opened. */
  readonly line: ComponentChildren;
}

function Examples({ failure, line }: ExamplesProps) {
  if (failure.examples.length === 0) return null;
  return (
    <Opened line={line}>
      {failure.examples.map(({ url, pop, variant, error }) => (
        <li key={`${pop} ${variant} ${url}`}>
          <code class="break">{url ?? pop}</code>
          <div class="quiet small break">
            {[url === undefined ? "" : pop, variant, error].filter((it) => it !== undefined && it !== "").join(" · ")}
          </div>
        </li>
      ))}
    </Opened>
  );
}

interface OpenedProps {
  /** What is seen before it is opened. */
  readonly line: ComponentChildren;
  /** The items of the list behind it. */
  readonly children: ComponentChildren;
}

/** A line that opens a list. In a copy it is open, and has no mark to press. */
export function Opened({ line, children }: OpenedProps) {
  const { still } = useReader();
  return (
    <details class="examples" open={still}>
      <summary>
        {line}
        {still ? null : <Icon name="next" />}
      </summary>
      <ul>{children}</ul>
    </details>
  );
}
