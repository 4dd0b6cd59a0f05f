import type { Get } from "../edge/faults.ts";
import type { Launch, LocalFleet } from "../local/fleet.ts";
import { type Link, type LinkOptions, startLink } from "./links.ts";

/** The links of a fleet: every instance that is launched gets one of its own, by which the edge tells it from the others. */
export class InstanceLinks {
  private readonly byId = new Map<string, Link>();

  /** The links by the instance's id, the oldest first. */
  get all(): ReadonlyMap<string, Link> {
    return this.byId;
  }

  /** @returns what the instance's agent needs in its environment */
  async launch({ id, number }: Launch, options: Omit<LinkOptions, "number">): Promise<NodeJS.ProcessEnv> {
    const link = await startLink({ ...options, number: number + 1 });
    this.byId.set(id, link);
    return { PREWARM_HTTPS_PORT: String(link.port) };
  }

  /** Process ids of those agents that have made one of the GETs, as far as they run. */
  pidsOf(gets: readonly Get[], fleet: Pick<LocalFleet, "running">): number[] {
    const clients = new Set(gets.map(({ client }) => client));
    return [...fleet.running()].flatMap(([id, pid]) => (clients.has(this.clientOf(id)) ? [pid] : []));
  }

  /** By which address the edge sees an instance. */
  clientOf(id: string): string {
    return this.byId.get(id)?.localAddress ?? "";
  }

  async close(): Promise<void> {
    for (const link of this.byId.values()) await link.close();
  }
}
