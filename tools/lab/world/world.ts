import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { ApiClient } from "../../../client/api-client.ts";
import type { Edge } from "../../edge/edge.ts";
import { EdgeWatch } from "../../edge/faults.ts";
import { checkedClient } from "../../local/api-client.ts";
import type { Launch } from "../../local/fleet.ts";
import { TASK_QUEUES } from "../../local/inventory.ts";
import { closeAll, type LocalPrewarm, startLocalPrewarm } from "../../local/local-prewarm.ts";
import type { StandInOptions } from "../../local/stand-in-edge.ts";
import { HOST } from "../../local/world.ts";
import { AwsProxy } from "./aws-proxy.ts";
import { type Link, startLink } from "./links.ts";

export interface WorldOptions {
  /** The stand-in edge, of `www.example.com`. Its origin has what requests ask for. */
  readonly edge: Omit<StandInOptions, "aliases" | "faults" | "site">;
  /**
   * Whose calls of the AWS APIs pass the world's proxy, where steps of the nemesis make them fail. Each agent is a caller of its own; the
   * Lambdas are `lambdas`.
   * @default nobody's
   */
  readonly proxied?: "agents" | "all";
  /** Gives each instance a link to the edge, by which the edge tells it from the others. @default none */
  readonly links?: true;
  /** Scales all the times after which a request is taken for stalled. @default 20 */
  readonly stallSeconds?: number;
  /** After which a message comes back that a lost agent held. @default the deployed queue's */
  readonly visibilitySeconds?: number;
  /** Further variables of the Lambdas and the agents. @default none */
  readonly env?: NodeJS.ProcessEnv;
}

/** A deployed stack on this machine, with a stand-in edge and a fleet. */
export interface World {
  readonly prewarm: LocalPrewarm;
  readonly edge: Edge;
  /** Calls go wrong, too. One that failed is made again, as a user would do. */
  readonly api: ApiClient;
  /** All POPs of the edge. */
  readonly pops: readonly string[];
  /** Of the edge's GETs, and their faults. */
  readonly watch: EdgeWatch;
  readonly proxy: AwsProxy;
  /** By the instances' ids, the oldest first. */
  readonly links: ReadonlyMap<string, Link>;
  /** Of the instances, by their ids, in the order of their launches: another run has the same. */
  readonly numbers: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Of a call of the API. */
export const ATTEMPTS = 10;

/** If a step fails, what was started before it is closed, newest first. @throws InterruptedError if this process is to end */
export async function startWorld(options: WorldOptions, say: (line: string) => void): Promise<World> {
  const { edge: edgeOptions, proxied, links: hasLinks, stallSeconds = 20, visibilitySeconds } = options;
  const proxy = new AwsProxy();
  const links = new Map<string, Link>();
  const numbers = new Map<string, number>();
  const pops = edgeOptions.pops.map(({ pop }) => pop);
  const closers: (() => Promise<unknown>)[] = [
    () => proxy.close(),
    () => Promise.all([...links.values()].map((link) => link.close())),
  ];
  const close = () => closeAll(closers.splice(0).reverse());
  try {
    const prewarm = await startLocalPrewarm({
      edge: { aliases: [HOST], site: {}, ...edgeOptions },
      env: {
        ...(proxied === "all" ? { AWS_ENDPOINT_URL: await proxy.listen("lambdas") } : {}),
        PREWARM_STALL_SECONDS: String(stallSeconds),
        PREWARM_FIRST_BYTE_SECONDS: "30",
        ...options.env,
      },
      // There are no instances before the first request: by then, all that follows is there.
      onLaunch: (launch) => {
        numbers.set(launch.id, launch.number);
        return envOf(launch);
      },
      say,
    });
    closers.push(prewarm.close);
    const { standIn, aws } = prewarm;
    if (standIn === undefined) throw new Error("The lab needs the stand-in edge");
    const { edge } = standIn;
    const envOf = async ({ id, number }: Launch): Promise<NodeJS.ProcessEnv> => {
      const env: NodeJS.ProcessEnv = {};
      if (proxied !== undefined) env["AWS_ENDPOINT_URL"] = await proxy.listen(id);
      if (visibilitySeconds !== undefined) env["VISIBILITY_SECONDS"] = String(visibilitySeconds);
      if (hasLinks === undefined) return env;
      const addresses = pops.flatMap((pop) => edge.addressesOf(pop));
      const link = await startLink({ addresses, edgePort: edge.httpsPort, number });
      links.set(id, link);
      return { ...env, PREWARM_HTTPS_PORT: String(link.port) };
    };
    proxy.target = aws.endpoint;
    if (visibilitySeconds !== undefined) await setVisibility(prewarm, visibilitySeconds);
    const api = checkedClient(prewarm, ATTEMPTS);
    const watch = new EdgeWatch();
    edge.setFaults(watch.hook);
    return { prewarm, edge, api, pops, watch, proxy, links, numbers, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function setVisibility({ clients, deployed }: LocalPrewarm, seconds: number): Promise<void> {
  for (const queue of TASK_QUEUES) {
    const QueueUrl = deployed.resource(queue, "AWS::SQS::Queue");
    const Attributes = { VisibilityTimeout: String(seconds) };
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
}

/** So many files of so many bytes: `/name/0.bin`, `/name/1.bin`, … */
export function filesOf(name: string, count: number, bytes: number): Record<string, { readonly size: number }> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`/${name}/${i}.bin`, { size: bytes }]));
}
