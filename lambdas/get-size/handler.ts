import { keysOf, streamKeysSchema } from "../adapters/stream-event.ts";
import type { GetSizeDeps } from "./deps.ts";
import { measureUrls } from "./measure-urls.ts";

/** CREATED → CHECK_POP, or FAILED when no URL can be read. Run twice, it does no harm: the second finds another status. */
export function createHandler(deps: GetSizeDeps) {
  return async (event: unknown): Promise<void> => {
    for (const { req_id: reqId = "" } of keysOf(streamKeysSchema.parse(event))) {
      const item = await deps.requests.get(reqId);
      if (item?.status !== "CREATED") continue;
      const measured = await measureUrls(deps, item);
      deps.logger.info("Sizes asked", { req_id: reqId, ...measured });
      if (measured.good > 0) await deps.requests.advance(reqId, "CREATED", "CHECK_POP");
      else
        await deps.requests.end(reqId, "FAILED", { reason: `No URL can be read; the first: ${measured.firstProblem}` });
    }
  };
}
