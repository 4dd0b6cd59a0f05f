import { Agent, request } from "undici";
import type { StandIn } from "./stand-in-edge.ts";

/** Asks every POP for every URL once more, as a viewer would. Returns those that were not a hit. */
export async function askAgain(
  standIn: Pick<StandIn, "edge">,
  urls: readonly string[],
  pops: readonly string[],
): Promise<string[]> {
  const ca = standIn.edge.caPem;
  const cold: string[] = [];
  for (const pop of pops) {
    const address = standIn.edge.addressOf(pop);
    for (const text of urls) {
      const url = new URL(text);
      const dispatcher = new Agent({ connect: { ca, servername: url.hostname } });
      const answer = await request(`https://${address}:${standIn.edge.httpsPort}${url.pathname}${url.search}`, {
        dispatcher,
        headers: { host: url.host },
      });
      await answer.body.dump({ limit: Number.POSITIVE_INFINITY });
      await dispatcher.close();
      const xCache = String(answer.headers["x-cache"]);
      if (answer.statusCode !== 200 || !xCache.startsWith("Hit"))
        cold.push(`${text} at ${pop}: ${answer.statusCode} ${xCache}`);
    }
  }
  return cold;
}
