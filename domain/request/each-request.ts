/** Called with the request that failed, and why. */
export type OnFailure = (reqId: string, error: unknown) => void;

/** Runs a step for each request, one after the other. One that fails is passed to `onFailure` and does not stop the others. */
export async function eachRequest<T extends { readonly req_id: string }>(
  requests: Iterable<T>,
  onFailure: OnFailure,
  step: (request: T) => Promise<unknown>,
): Promise<void> {
  for (const request of requests) {
    try {
      await step(request);
    } catch (error) {
      onFailure(request.req_id, error);
    }
  }
}
