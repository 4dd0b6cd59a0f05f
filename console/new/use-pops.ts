import { useEffect, useState } from "preact/hooks";
import type { CataloguePop } from "../map/groups.ts";
import { useClient } from "../session/client.ts";

export interface Catalogue {
  /** Undefined until it is known. */
  readonly pops: readonly CataloguePop[] | undefined;
  readonly error: unknown;
  readonly again: () => void;
}

/** The catalogue of POPs: asked for once, as it changes once a day at most. */
export function useCatalogue(): Catalogue {
  const client = useClient();
  const [pops, setPops] = useState<readonly CataloguePop[]>();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stopped = new AbortController();
    client.pops({}, stopped.signal).then(
      ({ value }) => {
        setError(undefined);
        setPops(value.pops);
      },
      (cause: unknown) => {
        if (!stopped.signal.aborted) setError(cause);
      },
    );
    return () => stopped.abort();
  }, [client, round]);
  return { pops, error, again: () => setRound((it) => it + 1) };
}
