import pMap from "p-map";
import type { Form } from "../../domain/api/dry-run.ts";
import type { SeenSize } from "../../domain/cost/size-sample.ts";
import { parseHeaders } from "../../domain/net/headers.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import { type Distribution, distributionOf, hostToAsk } from "../../domain/request/distributions.ts";
import { noDistribution } from "../../domain/request/find-distributions.ts";
import { headerOf } from "../../domain/request/options.ts";
import { inTime, TooLateError } from "../../domain/retry.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { addressesOfFirst, entryPoints } from "../../probe/size/entry-points.ts";
import { MAX_PROBES, SizeProbe } from "../../probe/size/size-probe.ts";
import { onceEach } from "../once-each.ts";

/** What sizes are asked with. */
export interface SampleSizesDeps {
  readonly dns: Resolver;
  readonly ports: { readonly httpsPort: number; readonly httpPort: number };
}

type Asking = Pick<PrewarmRequest, "header" | "variants" | "origin" | "pops">;

/**
 * Asks the sizes of some forms as Get Size would, within the request's limits for its origin. Nothing is awaited longer than `ms`.
 * @returns one answer a form; `unknown` where none came in time
 */
export async function sampleSizes(
  { dns, ports }: SampleSizesDeps,
  request: Asking,
  distributions: readonly Distribution[],
  forms: readonly Form[],
  ms: number,
): Promise<SeenSize[]> {
  const seen: SeenSize[] = forms.map(() => "unknown");
  const serving = (host: string) => {
    const distribution = distributionOf(distributions, host);
    if (distribution === undefined) throw new Error(noDistribution(host));
    return distribution;
  };
  const probe = new SizeProbe({
    header: request.header,
    ...ports,
    patienceMs: ms,
    // No request has this id: the limits hold for this estimate alone.
    limited: { req_id: "estimate", origin: request.origin },
    hostToAsk: (url) => hostToAsk(serving(url.hostname), url),
    addressesOf: onceEach((host) => addressesOfFirst(dns, entryPoints(serving(host), request.pops))),
  });
  let isOver = false;
  const ask = async ({ url, variant }: Form, i: number) => {
    if (isOver) return;
    const answer = await probe.size(url, parseHeaders(headerOf(request, variant)));
    // What fails once the time is over was cut off.
    if (isOver) return;
    seen[i] = "problem" in answer ? { problem: answer.problem } : (answer.size ?? "unknown");
  };
  try {
    await inTime(ms, pMap(forms, ask, { concurrency: MAX_PROBES }));
  } catch (error) {
    if (!(error instanceof TooLateError)) throw error;
  } finally {
    isOver = true;
    await probe.close();
  }
  return seen;
}
