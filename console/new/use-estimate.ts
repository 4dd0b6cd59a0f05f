import { useEffect, useState } from "preact/hooks";
import { RefusedError } from "../api/errors.ts";
import { messageOf } from "../parts/trouble.tsx";
import { useClient } from "../session/client.ts";
import { useTellConnection } from "../session/connection.ts";
import { type DryRun, dryRunSchema } from "./estimate-answer.ts";
import { type Faults, faultsOf, NO_FAULTS } from "./faults.ts";
import type { RequestBody } from "./request-body.ts";

/** After the last key. */
const WAIT_MS = 600;

export interface Estimated {
  /** The last that is known, also while the next is asked for. */
  readonly value: DryRun | undefined;
  readonly isUpdating: boolean;
  /** What the API says is wrong with the form as it was asked last. */
  readonly faults: Faults;
  readonly errorUrls: readonly string[];
  /** Why there is no new answer: no connection, or something failed inside. */
  readonly problem: string | undefined;
}

const NOTHING: Estimated = {
  ...{ value: undefined, isUpdating: false, faults: NO_FAULTS, errorUrls: [], problem: undefined },
};

/** What the request would come to, asked for when the form rests. @param body undefined: there is nothing to ask about yet */
export function useEstimate(body: RequestBody | undefined): Estimated {
  const client = useClient();
  const tell = useTellConnection();
  const [estimated, setEstimated] = useState(NOTHING);
  const asked = body === undefined ? "" : JSON.stringify({ ...body, client_token: undefined, dry_run: true });
  useEffect(() => {
    if (asked === "") return setEstimated(NOTHING);
    setEstimated((before) => ({ ...before, isUpdating: true }));
    const stopped = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        const value = await client.post("prewarm", JSON.parse(asked), dryRunSchema, stopped.signal);
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
  }, [client, asked, tell]);
  return estimated;
}

function refused(error: unknown): Estimated {
  if (!(error instanceof RefusedError) || error.status !== 400) return { ...NOTHING, problem: messageOf(error) };
  return { ...NOTHING, faults: faultsOf(error.message), errorUrls: error.errorUrls };
}
