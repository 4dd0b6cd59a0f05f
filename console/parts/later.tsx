import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useReader } from "../session/reader.ts";
import type { TextName } from "../words/messages.ts";
import { Skeleton } from "./skeleton.tsx";
import { useAction } from "./use-action.ts";
import { useLoaded } from "./use-loaded.ts";

interface LaterProps<T> {
  /** Imports a part of the page's own code. */
  readonly load: () => Promise<T>;
  /** Of what stands there until it comes, in CSS pixels. */
  readonly height: number;
  /** What is the title of the page, where the part has it. */
  readonly title?: TextName;
  readonly children: (part: T) => ComponentChildren;
}

/** A part of the page that comes when it is needed first. One that does not come leaves the rest of the page as it is. */
export function Later<T>({ load, height, title, children }: LaterProps<T>) {
  const { value, error } = useLoaded(load);
  if (value !== undefined) return <>{children(value)}</>;
  return error === undefined ? <Skeleton width="100%" height={height} /> : <PartMissing title={title} />;
}

/**
 * A browser does not fetch a module again that has failed: the page is loaded anew, once its host answers. What was typed is kept in the
 * tab, and the view in the address.
 */
function PartMissing({ title }: { readonly title: TextName | undefined }) {
  const { say } = useReader();
  const { busy, run } = useAction(async () => {
    const { ok } = await fetch(location.pathname, { cache: "no-store" });
    if (ok) location.reload();
  });
  return (
    <div class="part-missing">
      {title === undefined ? null : <h1>{say(title)}</h1>}
      <div class="banner" role="alert">
        <p>{say("partMissing")}</p>
        <button type="button" class="button" disabled={busy} onClick={run}>
          {say("tryAgain")}
        </button>
      </div>
    </div>
  );
}

/** Fetches parts while the page rests: where the connection is gone later, they are there. @param parts the same list each time */
export function usePreloaded(parts: readonly (() => Promise<unknown>)[]): void {
  useEffect(() => {
    // One that fails is fetched when it is needed.
    const fetchAll = () => void Promise.allSettled(parts.map((load) => load()));
    if (typeof requestIdleCallback !== "function") {
      const timer = setTimeout(fetchAll, REST_MS);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(fetchAll);
    return () => cancelIdleCallback(handle);
  }, [parts]);
}

/** Where the browser does not say when it is idle. */
const REST_MS = 3_000;
