import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../client/answers.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { EdgeWatch } from "../edge/faults.ts";
import { InstanceLinks } from "../lab/world/links.ts";
import { checkedClient } from "../local/api-client.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import type { StandIn } from "../local/stand-in-edge.ts";
import { HOST } from "../local/world.ts";

export interface LargeStackOptions {
  /** How many POPs the edge has: the first ones of the catalogue. */
  readonly pops: number;
  /** What the origin has: paths and bytes. */
  readonly files: Readonly<Record<string, number>>;
  /** Scales all the times after which a request is taken for stalled. @default the stack's own */
  readonly stallSeconds?: number;
  /** What the link of each instance carries. @default without a limit */
  readonly bytesPerSecond?: number;
  /** An instance boots once this is over. @default at once */
  readonly beforeLaunch?: () => Promise<void>;
  readonly say: (line: string) => void;
}

/** A deployed stack on this machine, as the lab of large files uses it. */
export interface LargeStack {
  readonly prewarm: LocalPrewarm;
  readonly standIn: StandIn;
  readonly api: ApiClient;
  readonly watch: EdgeWatch;
  readonly pops: readonly string[];
  readonly links: InstanceLinks;
  close(): Promise<void>;
}

/** Starts a stack whose POPs have one REC together: the origin is asked once for an object, so that it is no bottleneck. */
export async function startLargeStack(options: LargeStackOptions): Promise<LargeStack> {
  const { files, stallSeconds, bytesPerSecond, beforeLaunch, say } = options;
  const links = new InstanceLinks();
  const pops = POP_CODES.slice(0, options.pops).map(({ pop }) => pop);
  const prewarm = await startLocalPrewarm({
    edge: {
      aliases: [HOST],
      pops: pops.map((pop) => ({ pop, rec: "LAB" })),
      site: Object.fromEntries(Object.entries(files).map(([path, size]) => [path, { size }])),
    },
    env: stallSeconds === undefined ? {} : { PREWARM_STALL_SECONDS: String(stallSeconds) },
    // There are no instances before the first request: by then, the edge is known.
    onLaunch: async (launch) => {
      await beforeLaunch?.();
      return links.launch(launch, { addresses, edgePort: edge.httpsPort, bytesPerSecond });
    },
    say,
  });
  const { standIn } = prewarm;
  if (standIn === undefined) throw new Error("The lab needs the stand-in edge");
  const { edge } = standIn;
  const addresses = pops.flatMap((pop) => edge.addressesOf(pop));
  const watch = new EdgeWatch();
  edge.setFaults(watch.hook());
  return {
    prewarm,
    standIn,
    watch,
    pops,
    links,
    api: checkedClient(prewarm),
    close: async () => {
      await prewarm.close();
      await links.close();
    },
  };
}

/** The URL of a path of the edge's site. */
export function urlOf(path: string): string {
  return `https://${HOST}${path}`;
}

/** Body of a POST /prewarm: these paths at these POPs. Downloads are counted, so there is no check. */
export function bodyOf(paths: readonly string[], pops: readonly string[], instances: number) {
  const targets = { url_list: paths.map(urlOf), cf_domain: HOST, pops };
  return { ...targets, timeout: 120, instance_count: instances, verify: "off" };
}

export interface Patience {
  readonly everyMs: number;
  readonly ms: number;
}

/**
 * Reads a request's progress again and again, until it is as wanted.
 * @returns the last that was read, which is not as wanted if the patience was over before
 */
export async function follow(
  api: Pick<ApiClient, "progress">,
  reqId: string,
  wanted: (progress: Progress) => boolean,
  { everyMs, ms }: Patience,
): Promise<Progress> {
  const deadline = Date.now() + ms;
  for (;;) {
    const progress = (await api.progress(reqId)).value;
    if (wanted(progress) || Date.now() > deadline) return progress;
    await sleep(everyMs);
  }
}

export const hasEnded = ({ status }: Progress): boolean => isTerminal(status);
