import { useEffect, useState } from "preact/hooks";
import type { Estimated as Answer } from "../../client/answers.ts";
import { RefusedError } from "../../client/api-client.ts";
import { useClient } from "../session/client.ts";
import { useTellConnection } from "../session/connection.ts";
import { type Faults, faultsOf, NO_FAULTS } from "./faults.ts";

/** After the last key. */
const WAIT_MS = 600;

export interface Estimated {
  /** The last that is known, also while the next is asked for. */
  readonly value: Answer | undefined;
  readonly isUpdating: boolean;
  /** What the API says is wrong with the form as it was asked last. */
  readonly faults: Faults;
  readonly errorUrls: readonly string[];
  /** Why there is no new answer: no connection, or something failed inside. */
  readonly problem: unknown;
}

const NOTHING: Estimated = {
  value: undefined,
  isUpdating: false,
  faults: NO_FAULTS,
  errorUrls: [],
  problem: undefined,
};

/** What the request would come to, asked for when the form rests. @param json the body; "": there is nothing to ask about yet */
export function useEstimate(json: string): Estimated {
  const client = useClient();
  const tell = useTellConnection();
  const [estimated, setEstimated] = useState(NOTHING);
  useEffect(() => {
    if (json === "") return setEstimated(NOTHING);
    setEstimated((before) => ({ ...before, isUpdating: true }));
    const stopped = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        const { value } = await client.estimate(bodyOf(json), stopped.signal);
        setEstimated({ ...NOTHING, value });
        tell({ answeredAt: Date.now(), lostSince: undefined });
      } catch (error) {
        if (!stopped.signal.aborted) setEstimated((before) => ({ ...refused(error), value: before.value }));
      }
    }, WAIT_MS);
    return () => {
      window.clearTimeout(timer);
      stopped.abort();
    };
  }, [client, json, tell]);
  return estimated;
}

/** Without a token, which an estimate has no use for and warns of. */
function bodyOf(json: string): object {
  return { ...JSON.parse(json), client_token: undefined };
}

function refused(error: unknown): Estimated {
  if (!(error instanceof RefusedError) || error.status !== 400) return { ...NOTHING, problem: error };
  return { ...NOTHING, faults: faultsOf(error.message), errorUrls: error.errorUrls };
}
