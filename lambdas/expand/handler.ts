import { requestEventSchema } from "../../aws/async-function.ts";
import { type ExpandDeps, expand } from "./expand.ts";

/** Invoked asynchronously, for one request. */
export function createHandler(deps: ExpandDeps) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> =>
    expand(deps, requestEventSchema.parse(event).req_id, () => context.getRemainingTimeInMillis());
}
