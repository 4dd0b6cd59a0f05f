import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import type { Edge } from "../edge/edge.ts";
import { HOST } from "../local/world.ts";

const PAUSE_MS = 150;

export interface Crowded {
  readonly path: string;
  readonly addresses: readonly string[];
  /** Clients at each address. */
  readonly clients: number;
}

/**
 * Other people who ask for the same at the same addresses, one request after the other: where requests are collapsed, most
 * answers of the edge are somebody else's.
 * @returns what ends it
 */
export function startCrowd(edge: Pick<Edge, "httpPort">, crowded: readonly Crowded[]): () => Promise<void> {
  const agent = new Agent();
  let over = false;
  const client = async (path: string, address: string, n: number) => {
    // Not all at the same moment: then there is always one of them on its way.
    await sleep(n * 37);
    while (!over) {
      const url = `http://${address}:${edge.httpPort}${path}`;
      const answer = await request(url, { dispatcher: agent, headers: { host: HOST } }).catch(() => undefined);
      await answer?.body.dump();
      // A pause after each fetch of its own: so somebody else may come first, and join the next one.
      if (String(answer?.headers["x-cache"]).startsWith("Miss")) await sleep(PAUSE_MS);
    }
  };
  const all = crowded.flatMap(({ path, addresses, clients }) =>
    addresses.flatMap((address) => Array.from({ length: clients }, (_, n) => client(path, address, n))),
  );
  return async () => {
    over = true;
    await Promise.all(all);
    await agent.close();
  };
}
