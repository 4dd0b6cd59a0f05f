import { useState } from "preact/hooks";
import { popSelectionText } from "../../domain/readiness/sentence.ts";
import { regionText } from "../map/region-names.ts";
import { Dialog } from "../parts/dialog.tsx";
import { DialogEnd } from "../parts/dialog-end.tsx";
import { useAction } from "../parts/use-action.ts";
import { hrefOf } from "../routes.ts";
import { useClient } from "../session/client.ts";
import { useFormReader } from "../words/form-reader.ts";
import { dollarsIn } from "./cost.ts";
import { Foreseen, useNoEstimate } from "./estimate-bar.tsx";
import { otherWarnings } from "./figures.ts";
import { type RequestBody, withToken } from "./request-body.ts";
import { type ListedUnreadable, Unreadable } from "./unreadable.tsx";
import type { Estimated } from "./use-estimate.ts";

interface SendDialogProps {
  readonly body: RequestBody;
  readonly estimated: Estimated;
  readonly unreadable: ListedUnreadable;
  /** URLs that are invalidated first; undefined: that is not known. */
  readonly paths: number | undefined;
  readonly onSent: () => void;
  readonly onClose: () => void;
}

/** Asks before money is spent: cost, instances, what is invalidated. */
export function SendDialog({ body, estimated, unreadable, paths, onSent, onClose }: SendDialogProps) {
  const { say, count, preferences } = useFormReader();
  const client = useClient();
  // An answer that got lost is asked for again under the same token: it is one request all the same.
  const [token] = useState(newToken);
  const answer = estimated.value;
  const estimate = answer?.estimate;
  const why = useNoEstimate(estimated);
  const action = useAction(async () => {
    const { value } = await client.start(withToken(body, token));
    onSent();
    onClose();
    location.hash = hrefOf({ name: "request", id: value.request_id });
  });
  const { paths: namedPaths = [], tags = [] } = body.invalidate ?? {};
  const named = [...namedPaths, ...tags.map((tag) => `#${tag}`)];
  const instances = Number(body.instance_count);
  const locale = preferences.language === "zh" ? "zh-CN" : "en";
  const costText = (dollars: number) => (dollars < 0.01 ? say("lessThanCent") : dollarsIn(locale, dollars));
  return (
    <Dialog title={say("sendTitle")} onClose={onClose}>
      <ul class="send-facts">
        {estimate === undefined ? null : (
          <li>
            {say("sendTasks", {
              factors: `${count("urlCount", estimate.urls)} × ${count("popCount", estimate.pops.count)}`,
              tasks: estimate.tasks,
            })}
          </li>
        )}
        {answer?.pop_selection === undefined ? null : (
          <li>
            {popSelectionText(
              { ...answer.pop_selection, places: answer.pop_selection.places.map((it) => regionText(it, say)) },
              Date.now(),
              preferences.language,
            )}
          </li>
        )}
        <li class="strong">
          {estimate === undefined
            ? say("sendNoEstimate")
            : say("sendCost", { dollars: costText(estimate.dollars.total) })}
        </li>
        {estimate?.prices === undefined ? null : (
          <li>
            {say("sendPrices", {
              one: costText(estimate.prices.downloads_1.dollars),
              regional: costText(estimate.prices.regional.dollars),
            })}
          </li>
        )}
        {estimate === undefined ? <li class="quiet">{why}</li> : null}
        <li>{say("sendInstances", { count: instances, minutes: Number(body.timeout) })}</li>
        {named.length > 0 ? (
          <li class="not_kept break">
            {say("sendInvalidatesNamed", { names: named.slice(0, MAX_NAMED).join("  "), count: named.length })}
          </li>
        ) : null}
        {body.need_invalidate === true ? (
          <li class="not_kept">{paths === undefined ? say("sendInvalidatesUrls") : count("sendInvalidates", paths)}</li>
        ) : null}
      </ul>
      {answer === undefined ? null : (
        <>
          <Foreseen warnings={otherWarnings(answer)} />
          <Unreadable bytes={answer.estimate.bytes} isOpen {...unreadable} />
        </>
      )}
      <DialogEnd action={action} onClose={onClose} text={say("sendDo")} />
    </Dialog>
  );
}

/** So many paths and tags are named. */
const MAX_NAMED = 5;

/** Not `randomUUID`: on a page that is not https there is none. */
function newToken(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
