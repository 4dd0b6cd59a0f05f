import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Progress, Sent } from "../../client/answers.ts";
import { curlOf, FILE_NAME, isLong, prewarmOf } from "../new/curl.ts";
import { handOver } from "../new/handover.ts";
import { Choices } from "../parts/choices.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { Icon } from "../parts/icon.tsx";
import { Problem } from "../parts/problem.tsx";
import { Room, useRowsInView } from "../parts/rows-in-view.tsx";
import { saveFile } from "../parts/save-file.ts";
import { Skeleton } from "../parts/skeleton.tsx";
import { useAction } from "../parts/use-action.ts";
import { useLoaded } from "../parts/use-loaded.ts";
import { hrefOf } from "../routes.ts";
import { apiBase, useClient } from "../session/client.ts";
import { type Reader, useReader } from "../session/reader.ts";
import { useParameter } from "../session/use-parameter.ts";
import { SentFacts } from "./as-sent.tsx";

/** The URLs of a larger request, up to 5 MB of them, are fetched when somebody asks for them. */
const MAX_UNASKED = 10_000;
/** As high as the list of URLs is, in CSS pixels. */
const LIST_PX = 280;
/** So many URLs stand in the body as it is shown: who copies or saves it has all. */
const SHOWN_URLS = 20;

const FORMS = ["urls", "json", "curl", "command"] as const;
type SentForm = (typeof FORMS)[number];

/** What was sent, in the forms in which it can be sent again. */
export function SentPanel({ request }: { readonly request: Progress }) {
  const { say, count } = useReader();
  const client = useClient();
  const { request_id: id, url_count: urls, status, retry_of } = request;
  const isRetry = retry_of !== undefined;
  // Its URLs are others once its sources are read.
  const isRead = status !== "CREATED" && status !== "EXPANDING";
  const [isAsked, ask] = useState(isRetry || urls <= MAX_UNASKED);
  const { value, error, again } = useLoaded(
    useCallback(
      async () => ({ sent: isAsked ? (await client.sent(id)).value.sent : undefined, isRead }),
      [client, id, isAsked, isRead],
    ),
  );
  const sent = value?.sent;
  return (
    <section class="sent">
      <div class="section-head">
        <h2>{say("asSent")}</h2>
        {isRetry ? null : <SendAgain id={id} sent={sent} />}
      </div>
      <SentFacts request={request} {...(sent === undefined ? {} : { variants: sent.variant_names })} />
      {sent !== undefined ? (
        <SentForms sent={sent} />
      ) : error !== undefined ? (
        <p class="quiet">
          <Problem error={error} />{" "}
          <button type="button" class="link" onClick={again}>
            {say("tryAgain")}
          </button>
        </p>
      ) : isAsked ? (
        <Skeleton width="100%" height={LIST_PX} />
      ) : (
        <button type="button" class="button" onClick={() => ask(true)}>
          {count("showSent", urls)}
        </button>
      )}
    </section>
  );
}

/**
 * Fills the form of a new request with this one's settings. A retry has exact pairs of URL and POP, for which the form has no field.
 * @param sent undefined: it is fetched first
 */
function SendAgain({ id, sent }: { readonly id: string; readonly sent: Sent | undefined }) {
  const { say } = useReader();
  const client = useClient();
  const gone = useRef(false);
  useEffect(
    () => () => {
      gone.current = true;
    },
    [],
  );
  const open = async (asks: boolean) => {
    const handover = { id, sent: sent ?? (await client.sent(id)).value.sent, asks };
    // Who went elsewhere meanwhile wants nothing filled, and is not fetched back.
    if (gone.current) return;
    handOver(handover);
    location.hash = hrefOf({ name: "new" });
  };
  const again = useAction(() => open(true));
  const edit = useAction(() => open(false));
  const problem = again.problem ?? edit.problem;
  return (
    <span class="actions">
      <button type="button" class="button" disabled={again.busy} onClick={again.run}>
        <Icon name="retry" />
        {say("runAgain")}
      </button>
      <button type="button" class="button" disabled={edit.busy} onClick={edit.run}>
        <Icon name="copy" />
        {say("duplicate")}
      </button>
      {problem === undefined ? null : (
        <span class="failed" role="alert">
          <Problem error={problem} />
        </span>
      )}
    </span>
  );
}

function SentForms({ sent }: { readonly sent: Sent }) {
  const reader = useReader();
  const { say, count } = reader;
  const [name, choose] = useParameter("sent");
  const { url_list: urls, pops } = sent.body;
  const forms = FORMS.filter((it) => it !== "urls" || urls !== undefined);
  const form = forms.find((it) => it === name) ?? forms[0] ?? "json";
  const texts = useMemo(() => textsOf(sent, reader), [sent, reader]);
  const names: Readonly<Record<SentForm, string>> = {
    urls: say("urlsTab"),
    json: "JSON",
    curl: "curl",
    command: "prewarm",
  };
  return (
    <>
      {pops === undefined ? null : <PopCodes pops={pops} />}
      <div class="row">
        <Choices
          label={say("asSent")}
          options={forms.map((value) => ({ value, text: names[value] }))}
          value={form}
          onChoose={choose}
        />
        <span class="fill" />
        <span class="actions">
          <CopyButton text={texts[form]} label={say("copyThis")} />
          {form === "json" || (form !== "urls" && texts.isLong) ? (
            <button
              type="button"
              class="button"
              title={say("saveJson")}
              aria-label={say("saveJson")}
              onClick={() => saveFile(FILE_NAME, texts.json, "application/json")}
            >
              <Icon name="download" />
            </button>
          ) : null}
        </span>
      </div>
      {form === "urls" ? (
        <UrlList urls={urls ?? []} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keys
        <pre class={`sent-text ${form}`} tabIndex={0}>
          {form === "json" ? texts.shown : texts[form]}
        </pre>
      )}
      {sent.urls_omitted > 0 ? <p class="quiet">{count("sentOmitted", sent.urls_omitted)}</p> : null}
    </>
  );
}

/** Each form as a text. `shown`: the body with its first URLs alone. */
function textsOf(sent: Sent, reader: Reader) {
  const body = withPlaceholders(sent, reader);
  const json = JSON.stringify(body);
  const base = apiBase(location.href);
  const { url_list: urls = [] } = body;
  const rest = urls.length - SHOWN_URLS;
  const shown = rest > 0 ? { ...body, url_list: [...urls.slice(0, SHOWN_URLS), `… ${rest}`] } : body;
  return {
    urls: urls.join("\n"),
    json: JSON.stringify(body, null, 2),
    shown: JSON.stringify(shown, null, 2),
    curl: curlOf(json, base),
    command: prewarmOf(json, base),
    isLong: isLong(json),
  };
}

/**
 * The body with a placeholder for all that is not kept of it. The API refuses each: without these lines, another object would be warmed. A
 * retry takes headers and variants from the request that it retries.
 */
export function withPlaceholders(sent: Sent, { say, count }: Pick<Reader, "say" | "count">): Sent["body"] {
  const { body, header_count: headers, variant_names: names, urls_omitted: omitted } = sent;
  if (body["retry_of"] !== undefined) return body;
  return {
    ...body,
    ...(omitted > 0 ? { url_list: [...(body.url_list ?? []), count("sentOmitted", omitted)] } : {}),
    ...(headers > 0 ? { header: [count("sentHeaders", headers)] } : {}),
    ...(names.length > 0 ? { variants: names.map((name) => ({ name, header: [say("sentVariant")] })) } : {}),
  };
}

function PopCodes({ pops }: { readonly pops: readonly string[] }) {
  const { count } = useReader();
  return (
    <details class="disclose">
      <summary>
        <Icon name="next" />
        {count("popCount", pops.length)}
      </summary>
      <p class="pop-codes">
        {pops.map((pop) => (
          <code key={pop}>{pop}</code>
        ))}
      </p>
    </details>
  );
}

/** A row a URL. Of thousands only those in sight are made. */
function UrlList({ urls }: { readonly urls: readonly string[] }) {
  const { say, count } = useReader();
  const [sought = "", seek] = useParameter("url");
  const found = useMemo(() => urlsWith(urls, sought), [urls, sought]);
  const { first, shown, above, below, onScroll } = useRowsInView(found, LIST_PX);
  return (
    <>
      <div class="row">
        <input
          class="input"
          type="search"
          aria-label={say("searchUrls")}
          placeholder={say("searchUrls")}
          value={sought}
          onInput={({ currentTarget }) => seek(currentTarget.value || undefined)}
        />
        <span class="quiet" aria-live="polite">
          {found.length === urls.length
            ? count("urlCount", urls.length)
            : say("urlsOfUrls", { found: found.length, all: urls.length })}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keys */}
      <section class="url-list" aria-label={say("urlsTab")} tabIndex={0} onScroll={onScroll}>
        <Room rows={above} />
        <ol>
          {shown.map((url, i) => (
            <li key={url} class="cut" title={url} aria-setsize={found.length} aria-posinset={first + i + 1}>
              {url}
            </li>
          ))}
        </ol>
        <Room rows={below} />
      </section>
    </>
  );
}

/** Those that have this in them. Case does not matter. */
function urlsWith(urls: readonly string[], sought: string): readonly string[] {
  const text = sought.trim().toLowerCase();
  return text === "" ? urls : urls.filter((url) => url.toLowerCase().includes(text));
}
