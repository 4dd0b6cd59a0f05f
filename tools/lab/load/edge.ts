import { setTimeout as sleep } from "node:timers/promises";
import pMap from "p-map";
import { Agent } from "undici";
import type { OriginSettings } from "../../edge/origin.ts";
import { askEdge, type Viewing } from "../../local/results.ts";
import { HOST } from "../../local/world.ts";
import { requestOf, type Step } from "../engine/scenario.ts";
import { firstRequest } from "./requests.ts";

/** How the origin of `www.example.com` behaves from now on. */
export function atOrigin(settings: OriginSettings): Step {
  return async ({ world }) => world.edge.setOrigin(settings);
}

const VIEWERS = 16;

/**
 * Asks for each result of a request as viewers would: at the address where it was warmed. The answers that
 * were no hits of the edge are noted.
 */
export function askAsViewers(name: string, of: (variant: string | undefined) => Pick<Viewing, "headers">): Step {
  return async ({ world: { edge }, observed, signal }) => {
    const it = requestOf(observed, name);
    const dispatcher = new Agent();
    const all = it.results.map(({ url, variant, address = "" }) => ({ address, url, ...of(variant) }));
    const cold: string[] = [];
    it.viewers = { asked: all.length, cold };
    const ask = async (viewing: Viewing) => {
      const observed = await askEdge(dispatcher, edge, viewing);
      if (observed !== "200 Hit EDGE") cold.push(`${viewing.url} at ${viewing.address}: ${observed}`);
    };
    await pMap(all, ask, { concurrency: VIEWERS, signal });
    await dispatcher.close();
  };
}

const CROWD_PAUSE_MS = 150;

/**
 * Other people who ask for the same at all addresses, one request after the other: where requests are collapsed, most answers of the
 * edge are somebody else's. They go home when the run is over.
 * @param clients at each address
 */
export function crowd(paths: readonly string[], clients: number): Step {
  return async (run) => {
    const { edge, pops } = run.world;
    // Before, nothing is there: a 404 would be cached.
    await firstRequest(run);
    const dispatcher = new Agent();
    const client = async (path: string, address: string, n: number) => {
      // Not all at the same moment: then there is always one of them on its way.
      await sleep(n * 37);
      while (!run.signal.aborted) {
        const observed = await askEdge(dispatcher, edge, { address, url: `https://${HOST}${path}` }).catch(() => "");
        // A pause after each fetch of its own: so somebody else may come first, and join the next one.
        if (observed.includes(" Miss ")) await sleep(CROWD_PAUSE_MS);
      }
    };
    const addresses = pops.flatMap((pop) => edge.addressesOf(pop));
    const all = paths.flatMap((path) =>
      addresses.flatMap((address) => Array.from({ length: clients }, (_, n) => client(path, address, n))),
    );
    await Promise.all(all);
    await dispatcher.close();
  };
}
