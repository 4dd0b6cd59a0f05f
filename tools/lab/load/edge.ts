import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request as ask } from "undici";
import { tierOf } from "../../../domain/result/outcome.ts";
import type { OriginSettings } from "../../edge/origin.ts";
import { HOST } from "../../local/world.ts";
import { requestOf, type Step } from "../engine/scenario.ts";
import { firstRequest } from "./requests.ts";

/** How the origin of `www.example.com` behaves from now on. */
export function atOrigin(settings: OriginSettings): Step {
  return async ({ world }) => world.edge.setOrigin(settings);
}

/** Empties all caches. */
export const invalidateAll: Step = async ({ world }) => void world.edge.invalidate(["/*"]);

const VIEWERS = 16;

/**
 * Asks for each result of a request as viewers would: where it was warmed, at every address if the request said so. The answers that
 * were no hits of the edge are noted.
 * @param header of a variant, as `Name: value`
 */
export function askAsViewers(name: string, header: (variant: string | undefined) => readonly string[]): Step {
  return async ({ world: { edge }, seen, over }) => {
    const it = requestOf(seen, name);
    const dispatcher = new Agent();
    const left = it.results.flatMap(({ pop, url, variant, address = "", addresses }) =>
      (addresses === undefined ? [address] : edge.addressesOf(pop)).map((one) => ({ one, url: new URL(url), variant })),
    );
    it.viewers = { asked: left.length, cold: [] };
    const { cold } = it.viewers;
    const viewer = async () => {
      for (let next = left.pop(); next !== undefined && !over.aborted; next = left.pop()) {
        const { one, url, variant } = next;
        const headers = Object.fromEntries(header(variant).map((line) => line.split(/:\s*/, 2) as [string, string]));
        const answer = await ask(`http://${one}:${edge.httpPort}${url.pathname}${url.search}`, {
          dispatcher,
          headers: { ...headers, host: HOST, pragma: "server-timing" },
        });
        await answer.body.dump();
        const [timing] = [answer.headers["server-timing"]].flat();
        const saw = `${String(answer.headers["x-cache"]).split(" ", 1)[0]} ${tierOf(timing) ?? "untold"}`;
        if (saw !== "Hit EDGE") cold.push(`${url.pathname} at ${one}: ${saw}`);
      }
    };
    await Promise.all(Array.from({ length: VIEWERS }, viewer));
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
      while (!run.over.aborted) {
        const url = `http://${address}:${edge.httpPort}${path}`;
        const answer = await ask(url, { dispatcher, headers: { host: HOST } }).catch(() => undefined);
        await answer?.body.dump();
        // A pause after each fetch of its own: so somebody else may come first, and join the next one.
        if (String(answer?.headers["x-cache"]).startsWith("Miss")) await sleep(CROWD_PAUSE_MS);
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
