import { useMemo, useState } from "preact/hooks";
import { defaultSelection } from "../map/regions.ts";
import type { Selection } from "../map/selection.ts";
import { Icon } from "../parts/icon.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { useTab } from "../parts/use-tab.ts";
import { hrefOfList } from "../requests/use-return.ts";
import { useSettings } from "../session/use-settings.ts";
import { fieldInChinese, findingInChinese } from "../words/api-chinese.ts";
import { useFormReader } from "../words/form-reader.ts";
import { beyondCaps } from "./caps.ts";
import { catalogueWith } from "./catalogue-with.ts";
import { faultsAt, withHints } from "./faults.ts";
import { ownPathsOf } from "./figures.ts";
import { FormNotice } from "./form-notice.tsx";
import { LimitsPart, ProofPart } from "./limits-part.tsx";
import { whyNotSend } from "./may-send.ts";
import { MorePart } from "./more-part.tsx";
import { bodyOf } from "./request-body.ts";
import { SendBar } from "./send-bar.tsx";
import { SendDialog } from "./send-dialog.tsx";
import { readUrlLines, withoutUrls } from "./url-lines.ts";
import { takeFilled, useDraft } from "./use-draft.ts";
import { useEstimate } from "./use-estimate.ts";
import { useCatalogue } from "./use-pops.ts";
import { useSendKey } from "./use-send-key.ts";
import { variantsOf } from "./variant-choices.ts";
import { VariantsPart } from "./variants-part.tsx";
import { WhatPart } from "./what-part.tsx";
import { WherePart } from "./where-part.tsx";

/** A new request: left what and how, right where, below what it comes to. What is typed outlives a reload. */
export function NewRequestView() {
  const { say, preferences } = useFormReader();
  const settings = useSettings();
  const catalogue = useCatalogue();
  const [handedOver] = useState(takeFilled);
  const [isAsking, setAsking] = useState(handedOver?.asks === true);
  const { form, change, clear, undo, filled, forget } = useDraft(handedOver, isAsking);
  useTab(say("newRequest"));
  const lines = useMemo(() => readUrlLines(form.urls), [form.urls]);
  const pops = useMemo(() => catalogueWith(catalogue.pops ?? [], form.pops ?? []), [catalogue.pops, form.pops]);
  // The default set is the API's: it leaves out POPs to which the price class leads no viewer.
  const body = useMemo(() => bodyOf(form, lines.urls), [form, lines]);
  const json = useMemo(() => JSON.stringify(body), [body]);
  const given = lines.urls.length + (body.sources?.length ?? 0);
  const estimated = useEstimate(given > 0 && form.pops?.length !== 0 && !lines.isTooMany ? json : "");
  const value = estimated.value ?? estimated.previous;
  const excluded = value?.estimate.pops.excluded;
  const selection: Selection = useMemo(
    () =>
      form.pops === undefined
        ? new Set([...defaultSelection(catalogue.pops ?? [])].filter((pop) => excluded?.includes(pop) !== true))
        : new Set(form.pops),
    [form.pops, catalogue.pops, excluded],
  );
  const select = (chosen: Selection) =>
    change({ pops: pops.map(({ code }) => code).filter((code) => chosen.has(code)) });
  const faults =
    preferences.language === "zh" ? withHints(estimated.faults, fieldInChinese, findingInChinese) : estimated.faults;
  const paths = useMemo(() => ownPathsOf(body, estimated.value), [body, estimated.value]);
  const forms = Math.max(1, variantsOf(form).length);
  const beyond = beyondCaps(settings, {
    instances: form.instances,
    minutes: form.minutes,
    tasks: lines.urls.length * forms * selection.size,
  });
  const unreadable = useMemo(() => {
    const names = new Set(estimated.value?.estimate.bytes.unreadable_urls.map(({ url }) => url));
    if (names.size === 0) return { listed: 0, urls: form.urls };
    const urls = withoutUrls(form.urls, names);
    return { listed: lines.urls.length - readUrlLines(urls).urls.length, urls };
  }, [form.urls, lines, estimated.value]);
  const remove = {
    listed: unreadable.listed,
    onRemove: () => {
      setAsking(false);
      change({ urls: unreadable.urls });
    },
  };
  const off = whyNotSend({
    urls: given,
    badLines: lines.bad.length,
    isTooMany: lines.isTooMany,
    pops: selection.size,
    isBeyondCap: beyond.size > 0,
    faults,
  });
  useSendKey(off === undefined, () => setAsking(true));

  const part = { form, onForm: change, faults };
  const tooMany = beyond.get("maxTasks");
  return (
    <div class="new">
      <div class="new-head">
        <a class="button plain" href={hrefOfList()} aria-label={say("back")} title={say("back")}>
          <Icon name="back" />
        </a>
        <h1>{say("newRequest")}</h1>
        <button type="button" class="button plain" onClick={clear}>
          {say("clearForm")}
        </button>
      </div>
      <div class="new-form">
        <FormNotice filled={filled} undo={undo} />
        <WhatPart
          {...part}
          lines={lines}
          settings={settings}
          estimate={(estimated.value ?? (lines.urls.length === 0 ? estimated.previous : undefined))?.estimate}
        />
        <VariantsPart {...part} urls={lines.urls.length} />
        <ProofPart {...part} />
        <LimitsPart {...part} settings={settings} beyond={beyond} paths={paths} />
        <MorePart {...part} />
      </div>
      <section class="new-where" aria-label={say("pops")}>
        <Trouble error={catalogue.error} lostSince={undefined} again={catalogue.again} />
        {catalogue.pops === undefined ? (
          catalogue.error === undefined ? (
            <Skeleton width="100%" height={420} />
          ) : null
        ) : (
          <WherePart
            pops={pops}
            selection={selection}
            onSelect={select}
            wrong={[
              ...(tooMany === undefined ? [] : [say("beyondCap", { max: tooMany.cap, parameter: tooMany.parameter })]),
              ...faultsAt(faults, "pops", "target_type"),
            ]}
          />
        )}
      </section>
      <SendBar
        json={json}
        estimated={{ ...estimated, faults }}
        unreadable={remove}
        off={off}
        hasInput={given + lines.bad.length > 0}
        onSend={() => setAsking(true)}
      />
      {isAsking ? (
        <SendDialog
          body={body}
          estimated={estimated}
          unreadable={remove}
          paths={paths}
          onSent={forget}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}
