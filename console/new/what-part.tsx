import type { Estimate, Settings } from "../../client/answers.ts";
import { MAX_URLS } from "../../domain/limits.ts";
import { Choices } from "../parts/choices.tsx";
import { useFormReader } from "../words/form-reader.ts";
import { type Faults, faultsAt } from "./faults.ts";
import { Field, Wrong } from "./field.tsx";
import { type Form, SOURCES_OF, WAYS, type Way } from "./form.ts";
import { Paste } from "./paste.tsx";
import { SourceRows } from "./source-rows.tsx";
import type { UrlLines } from "./url-lines.ts";

const NAMES = { paste: "wayPaste", sitemap: "waySitemap", stream: "wayStream", s3: "wayS3" } as const;

export interface PartProps {
  readonly form: Form;
  readonly onForm: (change: Partial<Form>) => void;
  readonly faults: Faults;
}

interface WhatPartProps extends PartProps {
  readonly lines: UrlLines;
  readonly estimate: Estimate | undefined;
  readonly settings: Settings | undefined;
}

/** Which URLs: pasted, dropped as a file, or named by sources. */
export function WhatPart({ form, onForm, faults, lines, estimate, settings }: WhatPartProps) {
  const { say, formats } = useFormReader();
  const filledOf = (way: Way) =>
    form.sources.filter(({ type, address }) => SOURCES_OF[way].includes(type) && address.trim() !== "").length;
  const options = WAYS.map((value) => {
    const count =
      filledOf(value) + (value === "paste" && lines.urls.length > 0 && form.way !== "paste" ? lines.urls.length : 0);
    return { value, text: count > 0 ? `${say(NAMES[value])} ${formats.count(count)}` : say(NAMES[value]) };
  });
  return (
    <section class="part">
      <h2>{say("what")}</h2>
      <Choices label={say("what")} options={options} value={form.way} onChoose={(way) => onForm({ way })} />
      {form.way === "paste" ? (
        <Paste form={form} onForm={onForm} lines={lines} />
      ) : (
        <SourceRows
          types={SOURCES_OF[form.way]}
          sources={form.sources}
          wrong={faultsAt(faults, "sources")}
          onSources={(sources) => onForm({ sources })}
        />
      )}
      {form.way === "s3" ? <Buckets settings={settings} /> : null}
      <Wrong
        lines={[
          ...(lines.isTooMany ? [say("tooManyUrls", { max: MAX_URLS })] : []),
          ...faultsAt(faults, "url_list", "retry_of"),
        ]}
      />
      <Found lines={lines} estimate={estimate} />
      <Field
        label={say("distribution")}
        value={form.domain}
        placeholder={say("distributionHint")}
        isCode
        wrong={faultsAt(faults, "cf_domain")}
        onValue={(domain) => onForm({ domain })}
      />
      <Allowed settings={settings} />
    </section>
  );
}

interface OfSettings {
  readonly settings: Settings | undefined;
}

/** Which distributions may be warmed, where not all may. */
function Allowed({ settings }: OfSettings) {
  const { say } = useFormReader();
  const allowed = settings?.distributions?.allowed ?? [];
  if (allowed.length === 0 || allowed.includes("*")) return null;
  return <p class="quiet small break">{say("allowedHere", { distributions: allowed.join(", ") })}</p>;
}

/** Which buckets may be read. */
function Buckets({ settings }: OfSettings) {
  const { say } = useFormReader();
  const buckets = settings?.source_buckets;
  if (buckets === undefined) return null;
  const { allowed, parameter } = buckets;
  return (
    <p class="quiet small break">
      {allowed.length === 0 ? say("noBuckets", { parameter }) : say("bucketsHere", { buckets: allowed.join(", ") })}
    </p>
  );
}

/** What was found so far: URLs, bytes, what was dropped. */
function Found({ lines, estimate }: Pick<WhatPartProps, "lines" | "estimate">) {
  const { say, count, formats } = useFormReader();
  const urls = estimate?.urls ?? lines.urls.length;
  if (urls === 0) return null;
  const pops = Math.max(1, estimate?.pops.count ?? 1);
  const { estimate: sum = null, unreadable = 0, sampled = 0 } = estimate?.bytes ?? {};
  // What cannot be read counts as 0 bytes: if that is all, nothing is known of the others.
  const isKnown = unreadable === 0 || unreadable < sampled;
  const bytes = sum === null || !isKnown ? undefined : sum / pops;
  return (
    <p class="found" aria-live="polite">
      <b>
        {bytes === undefined
          ? count("urlCount", urls)
          : say("urlsOfSize", { urls: count("urlCount", urls), size: formats.bytes(bytes) })}
      </b>{" "}
      {lines.duplicates > 0 ? <span class="quiet">{count("duplicates", lines.duplicates)}</span> : null}
      {estimate?.lower_bound ? <span class="quiet"> {say("lowerBound")}</span> : null}
    </p>
  );
}
