import { ApiClient } from "../../client/api-client.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { VERSION } from "../version.ts";
import { explained } from "./refusal.ts";

/** What commands ask alike: the API of a stack, or the runs of this machine. */
export interface Api
  extends Pick<ApiClient, "progress" | "summary" | "requests" | "pops" | "instances" | "setInstances" | "stop"> {
  /** Of a direct run, this process does the work: Ctrl-C stops it. */
  readonly kind: "stack" | "direct";
}

/** A call that may pass is made so often. */
const ATTEMPTS = 3;

/** The API as the command calls it. All calls @throws CommandError with the client's error as its cause */
export class Client extends ApiClient implements Api {
  readonly kind = "stack";

  constructor(readonly endpoint: Endpoint) {
    super(endpoint.url, endpoint.key, {
      userAgent: `prewarm-command/${VERSION}`,
      attempts: ATTEMPTS,
      explain: (error) => explained(error, endpoint),
    });
  }
}
