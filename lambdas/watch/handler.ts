import type { WatchDeps } from "./deps.ts";

/**
 * Compares the fleet with the work that there is, every few minutes, and says it in one line, which CloudWatch makes
 * metrics of. It changes nothing: instances that outlive their work are somebody's to look at.
 */
export function createHandler({ requests, fleet, logger }: WatchDeps) {
  return async (): Promise<void> => {
    const active = (await requests.active()).length;
    const { wanted, instances, inService } = await fleet.state();
    const missing = Math.max(0, wanted - inService);
    logger.info("Fleet and work", { active, wanted, instances, missing, orphans: active === 0 ? instances : 0 });
  };
}
