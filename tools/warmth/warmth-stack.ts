import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../client/answers.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { resultShardCount } from "../../domain/plan/task.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Edge } from "../edge/edge.ts";
import { follow, hasEnded } from "../large/large-stack.ts";
import { checkedClient } from "../local/api-client.ts";
import type { OnLaunch } from "../local/fleet.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import { readResults } from "../local/results.ts";
import type { StandInOptions } from "../local/stand-in-edge.ts";
import { HOST } from "../local/world.ts";

export interface WarmthStackOptions {
  readonly edge: Omit<StandInOptions, "aliases">;
  /** Scales all the times after which a request is taken for stalled. @default 20 */
  readonly stallSeconds?: number;
  readonly onLaunch?: OnLaunch;
  readonly say: (line: string) => void;
}

/** How a request of the lab ended. */
export interface Ended {
  readonly reqId: string;
  readonly progress: Progress;
  readonly results: readonly TaskResult[];
  /** From POST to its end. */
  readonly seconds: number;
}

/** A deployed stack on this machine, with an edge that is hard. */
export interface WarmthStack {
  readonly prewarm: LocalPrewarm;
  readonly edge: Edge;
  readonly api: ApiClient;
  /** Starts a request and waits for its end. @param ms patience */
  run(body: object, ms?: number): Promise<Ended>;
  /** Waits for the end of a request that runs. @param since `performance.now()` of its POST */
  ended(reqId: string, since: number, ms?: number): Promise<Ended>;
  /** Waits until the agents of the last request have gone. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 600_000;

export async function startWarmthStack(options: WarmthStackOptions): Promise<WarmthStack> {
  const { edge: edgeOptions, stallSeconds = 20, onLaunch, say } = options;
  const prewarm = await startLocalPrewarm({
    edge: { aliases: [HOST], ...edgeOptions },
    env: { PREWARM_STALL_SECONDS: String(stallSeconds), PREWARM_FIRST_BYTE_SECONDS: "30" },
    ...(onLaunch && { onLaunch }),
    say: (line) => say(`  ${line}`),
  });
  const { standIn } = prewarm;
  if (standIn === undefined) throw new Error("The lab needs the stand-in edge");
  const api = checkedClient(prewarm);
  const ended = async (reqId: string, since: number, ms = PATIENCE_MS): Promise<Ended> => {
    const progress = await follow(api, reqId, hasEnded, { everyMs: 200, ms });
    const seconds = (performance.now() - since) / 1_000;
    const results = await readResults(prewarm, reqId, resultShardCount(progress.total_count));
    return { reqId, progress, results, seconds };
  };
  return {
    prewarm,
    edge: standIn.edge,
    api,
    ended,
    run: async (body, ms) => {
      const since = performance.now();
      return ended((await api.start(body)).value.request_id, since, ms);
    },
    rest: async () => {
      while (prewarm.fleet.size + prewarm.fleet.stopping > 0) await sleep(200);
    },
    close: prewarm.close,
  };
}

export function urlOf(path: string): string {
  return `https://${HOST}${path}`;
}

/** Body of a POST /prewarm, with a part's changes. */
export function bodyOf(paths: readonly string[], pops: readonly string[], changes: object = {}): object {
  return { url_list: paths.map(urlOf), cf_domain: HOST, pops, timeout: 120, instance_count: 2, ...changes };
}
