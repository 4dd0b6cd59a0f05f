import { Agent, request } from "undici";
import { tierOf } from "../../domain/result/outcome.ts";
import type { Edge } from "../edge/edge.ts";
import { HOST } from "../local/world.ts";

export interface Question {
  readonly path: string;
  readonly address: string;
  /** `Name: value` */
  readonly header: readonly string[];
}

const AT_ONCE = 16;

/**
 * Asks addresses of the edge as viewers would, with Server-Timing.
 * @returns those that were not told that it was a hit of the edge, with what they saw
 */
export async function coldAnswers(edge: Pick<Edge, "httpPort">, questions: readonly Question[]): Promise<string[]> {
  const dispatcher = new Agent();
  const left = [...questions];
  const cold: string[] = [];
  const viewer = async () => {
    for (let it = left.pop(); it !== undefined; it = left.pop()) {
      const saw = await ask(edge, it, dispatcher);
      if (saw !== "Hit EDGE") cold.push(`${it.path} at ${it.address}: ${saw}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, viewer));
  await dispatcher.close();
  return cold;
}

async function ask({ httpPort }: Pick<Edge, "httpPort">, it: Question, dispatcher: Agent): Promise<string> {
  const header = Object.fromEntries(it.header.map((line) => line.split(/:\s*/, 2) as [string, string]));
  const answer = await request(`http://${it.address}:${httpPort}${it.path}`, {
    dispatcher,
    headers: { ...header, host: HOST, pragma: "server-timing" },
  });
  await answer.body.dump();
  const [timing] = [answer.headers["server-timing"]].flat();
  return `${String(answer.headers["x-cache"]).split(" ", 1)[0]} ${tierOf(timing) ?? "untold"}`;
}
