import type { ComponentChildren } from "preact";
import type { Estimate } from "../../client/answers.ts";
import { useErrorWords } from "../parts/problem.tsx";
import { Shape } from "../parts/shape.tsx";
import { findingInChinese } from "../words/api-chinese.ts";
import { useFormReader } from "../words/form-reader.ts";
import { dollarsIn, mostPaid } from "./cost.ts";
import { fromOrigin } from "./figures.ts";
import type { Estimated } from "./use-estimate.ts";

/** What it comes to. The last estimate stays, marked, while the next is asked for. */
export function EstimateFacts({ estimated }: { readonly estimated: Estimated }) {
  const { say } = useFormReader();
  const why = useNoEstimate(estimated);
  const { value, previous, isUpdating, problem } = estimated;
  const shown = value ?? previous;
  if (shown === undefined && problem !== undefined)
    return <p class="estimate failed">{say("noEstimate", { reason: why })}</p>;
  if (shown === undefined) return <p class="estimate quiet">{why}</p>;
  return (
    <div class={isUpdating ? "estimate updating" : "estimate"} aria-busy={isUpdating}>
      <Facts estimate={shown.estimate} />
      <p class="note small" aria-live="polite">
        {isUpdating ? say("updating") : ""}
      </p>
    </div>
  );
}

/** Why there is no estimate of the form as it stands. */
export function useNoEstimate({ isUpdating, problem, faults }: Estimated): string {
  const { say } = useFormReader();
  const wordsOf = useErrorWords();
  if (problem !== undefined) return wordsOf(problem).says;
  if (isUpdating) return say("asking");
  return say(faults.of.size + faults.rest.length > 0 ? "estimateFaults" : "estimateWaits");
}

function Facts({ estimate }: { readonly estimate: Estimate }) {
  const { say, count, formats, preferences } = useFormReader();
  const { urls, variants, tasks, pops, instances, dollars, prices } = estimate;
  const locale = preferences.language === "zh" ? "zh-CN" : "en";
  const costText = (cost: number) => (cost < 0.01 ? say("lessThanCent") : dollarsIn(locale, cost));
  const { origin_shield: shields } = estimate.origin_fetches;
  const byShield = (fetches: string) =>
    shields.length === 0 ? fetches : `${fetches} ${say("byShield", { regions: shields.join(", ") })}`;
  const origin = fromOrigin(estimate);
  const most = mostPaid(dollars);
  const factors = [
    count("urlCount", urls),
    ...(variants > 1 ? [count("variantCount", variants)] : []),
    count("popCount", pops.count),
  ];
  return (
    <dl>
      <Fact label={factors.join(" × ")} value={formats.count(tasks)} rest={count("tasks", tasks)} />
      <Bytes label={say("transferred")} bytes={estimate.transferred_bytes} rest="" />
      <Bytes
        label={say("fromOrigin")}
        bytes={origin.bytes ?? null}
        rest={byShield(count("inFetches", origin.fetches))}
      />
      <Fact
        label={say("takes")}
        {...(instances.minutes_to_finish === null
          ? { value: "–", rest: say("noInstance") }
          : {
              value: formats.count(Math.max(1, Math.round(instances.minutes_to_finish))),
              rest: `${say("minutes")} ${count("withInstances", instances.count)}`,
            })}
      />
      <Fact
        label={say("costsAbout")}
        value={costText(dollars.total)}
        rest={most === undefined || dollars.total < 0.01 ? "" : say(most.says, { what: say(most.what) })}
      />
      {prices === undefined ? null : (
        <>
          <Fact label={say("priceDownloads1")} value={costText(prices.downloads_1.dollars)} rest="" />
          <Fact label={say("priceRegional")} value={costText(prices.regional.dollars)} rest="" />
        </>
      )}
    </dl>
  );
}

function Fact({
  label,
  value,
  rest,
}: {
  readonly label: string;
  readonly value: string;
  readonly rest: ComponentChildren;
}) {
  return (
    <div>
      <dt class="small">{label}</dt>
      <dd>
        <b>{value}</b> <span>{rest}</span>
      </dd>
    </div>
  );
}

function Bytes({
  label,
  bytes,
  rest,
}: {
  readonly label: string;
  readonly bytes: number | null;
  readonly rest: string;
}) {
  const { formats } = useFormReader();
  if (bytes === null) return <Fact label={label} value="–" rest={rest} />;
  const { value, unit } = formats.figure(bytes);
  return <Fact label={label} value={value} rest={`${unit} ${rest}`} />;
}

/** The URLs that are left out, because nothing of them is cached. */
export function LeftOut({ urls }: { readonly urls: readonly string[] }) {
  const { count } = useFormReader();
  if (urls.length === 0) return null;
  return (
    <details class="small">
      <summary>{count("leftOut", urls.length)}</summary>
      <ul class="foreseen">
        {urls.slice(0, MAX_LISTED).map((url) => (
          <li key={url} class="break">
            {url}
          </li>
        ))}
      </ul>
      {urls.length > MAX_LISTED ? <p class="quiet">{count("andMore", urls.length - MAX_LISTED)}</p> : null}
    </details>
  );
}

/** So many URLs are listed. */
const MAX_LISTED = 100;

/** What the API foresees: it may end before it is done. */
export function Foreseen({ warnings }: { readonly warnings: readonly string[] }) {
  const { say, preferences } = useFormReader();
  if (warnings.length === 0) return null;
  const inChinese = (warning: string) => (preferences.language === "zh" ? findingInChinese(warning) : undefined);
  return (
    <ul
      class="foreseen small"
      aria-label={say("warningsTitle")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keys
      tabIndex={0}
    >
      {warnings.map((warning) => (
        <li key={warning}>
          <span class="not_kept">
            <Shape form="not_kept" />
          </span>
          <span class="break">
            {inChinese(warning)}
            <span class={inChinese(warning) === undefined ? "" : "told small break"} lang="en">
              {warning}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
