import { useEffect, useState } from "preact/hooks";
import type { Estimated as Answer } from "../../client/answers.ts";
import { mayPass, RefusedError } from "../../client/api-client.ts";
import { delayOf } from "../api/pace.ts";
import { useClient } from "../session/client.ts";
import { type Faults, faultsOf, NO_FAULTS } from "./faults.ts";

/** After the last key. */
const WAIT_MS = 600;

export interface Estimated {
  /** What the form as it stands now comes to; undefined: that is not known. */
  readonly value: Answer | undefined;
  /** What the form before came to, while this one is asked about. Nothing that is sent may be told by it. */
  readonly previous: Answer | undefined;
  readonly isUpdating: boolean;
  /** What the API says is wrong with the form as it was asked last. */
  readonly faults: Faults;
  /** Why there is no answer: no connection, or something failed inside. */
  readonly problem: unknown;
}

export const NOTHING: Estimated = {
  value: undefined,
  previous: undefined,
  isUpdating: false,
  faults: NO_FAULTS,
  problem: undefined,
};

/**
 * What the request would come to: asked for when the form rests, and again after a call that failed.
 * @param json the body; "": there is nothing to ask about yet
 */
export function useEstimate(json: string): Estimated {
  const client = useClient();
  const [answered, setAnswered] = useState({ json: "", estimated: NOTHING });
  useEffect(() => {
    if (json === "") return setAnswered({ json, estimated: NOTHING });
    const stopped = new AbortController();
    let timer = 0;
    let failures = 0;
    const ask = async () => {
      try {
        const { value } = await client.estimate(bodyOf(json), stopped.signal);
        setAnswered({ json, estimated: { ...NOTHING, value } });
      } catch (error) {
        if (stopped.signal.aborted) return;
        setAnswered({ json, estimated: refused(error) });
        if (mayPass(error)) timer = window.setTimeout(ask, delayOf(0, ++failures, document.hidden));
      }
    };
    timer = window.setTimeout(ask, WAIT_MS);
    return () => {
      window.clearTimeout(timer);
      stopped.abort();
    };
  }, [client, json]);
  return estimatedFor(json, answered);
}

/** What is known of a body, if the last answer was for another one. */
export function estimatedFor(json: string, last: { readonly json: string; readonly estimated: Estimated }): Estimated {
  if (last.json === json) return last.estimated;
  if (json === "") return NOTHING;
  const { value, faults } = last.estimated;
  return { ...NOTHING, previous: value, faults, isUpdating: true };
}

/** Without a token, which an estimate has no use for and warns of. */
function bodyOf(json: string): object {
  return { ...JSON.parse(json), client_token: undefined };
}

function refused(error: unknown): Estimated {
  if (!(error instanceof RefusedError) || error.status !== 400) return { ...NOTHING, problem: error };
  return { ...NOTHING, faults: faultsOf(error.message) };
}
