import { useCallback } from "preact/hooks";
import type { PopUrls } from "../../client/answers.ts";
import { CloseButton } from "../parts/close-button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Problem } from "../parts/problem.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import { useReasonWords } from "../request/failures.tsx";
import { useClient } from "../session/client.ts";
import { useReader } from "../session/reader.ts";
import { Strip } from "./strip.tsx";

interface PopDialogProps {
  readonly id: string;
  readonly pop: string;
  readonly onClose: () => void;
}

/** A POP of a request that has ended: its tasks as a strip, and the names of those that are not good. */
export function PopDialog({ id, pop, onClose }: PopDialogProps) {
  const client = useClient();
  const { value, error } = useLoaded(
    useCallback(async () => (await client.popUrls(id, pop)).value.urls, [client, id, pop]),
  );
  return (
    <Dialog title={pop} wide onClose={onClose}>
      {error !== undefined ? (
        <p class="failed" role="alert">
          <Problem error={error} />
        </p>
      ) : value === undefined ? (
        <Skeleton width="100%" height={64} />
      ) : (
        <Urls urls={value} />
      )}
      <CloseButton onClose={onClose} />
    </Dialog>
  );
}

function Urls({ urls }: { readonly urls: PopUrls }) {
  const { count, say } = useReader();
  const { total_count: total, buckets, failures, failures_omitted: more } = urls;
  return (
    <>
      <p class="quiet">{say("stripSays", { tasks: count("taskCount", total) })}</p>
      <Strip buckets={buckets} />
      {failures.length === 0 ? null : (
        <ul class="failed-urls">
          {failures.map((failure) => (
            <FailedUrl key={`${failure.url} ${failure.variant ?? ""}`} failure={failure} />
          ))}
        </ul>
      )}
      {more > 0 ? <p class="quiet">{count("moreInReport", more)}</p> : null}
    </>
  );
}

function FailedUrl({ failure }: { readonly failure: PopUrls["failures"][number] }) {
  const { url, variant, reason, error } = failure;
  const words = useReasonWords(reason ?? "other");
  return (
    <li>
      <code class="break">{url}</code>
      <div class="quiet small break">{[variant, words.title, error].filter((it) => it !== undefined).join(" · ")}</div>
    </li>
  );
}
