import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useReader } from "../session/reader.ts";
import { Skeleton } from "./skeleton.tsx";
import { useLoaded } from "./use-loaded.ts";

interface LaterProps<T> {
  /** Imports a part of the page's own code. */
  readonly load: () => Promise<T>;
  /** Of what stands there until it comes, in CSS pixels. */
  readonly height: number;
  readonly children: (part: T) => ComponentChildren;
}

/** A part of the page that comes when it is needed first. One that does not come leaves the rest of the page as it is. */
export function Later<T>({ load, height, children }: LaterProps<T>) {
  const { say } = useReader();
  const { value, error, again } = useLoaded(load);
  if (value !== undefined) return <>{children(value)}</>;
  if (error === undefined) return <Skeleton width="100%" height={height} />;
  return (
    <div class="banner part-missing" role="alert">
      <p>{say("partMissing")}</p>
      <button type="button" class="button" onClick={again}>
        {say("tryAgain")}
      </button>
      <button type="button" class="button" onClick={() => location.reload()}>
        {say("reloadPage")}
      </button>
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
