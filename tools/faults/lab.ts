import { resultShardCount } from "../../domain/plan/task.ts";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { EdgeWatch } from "../edge/faults.ts";
import { InstanceLinks } from "../large/instance-links.ts";
import { checkedClient } from "../local/api-client.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import { freePort } from "../local/ports.ts";
import { readResults } from "../local/results.ts";
import { aftermath } from "./aftermath.ts";
import { type AwsProxy, startAwsProxy } from "./aws-proxy.ts";
import { blackouts, type Disturbed, killAndFollow, pauseAndResume, startAndStop } from "./disturb.ts";
import { type EdgeFaults, edgeFaults } from "./edge-faults.ts";
import { type Figures, figures, violations } from "./invariants.ts";
import type { LabOptions } from "./lab-options.ts";
import { seededRandom } from "./random.ts";
import { repeatsOf } from "./repeats.ts";
import { filesOf, type LabFiles, urlOf } from "./site.ts";

export interface LabReport extends Figures {
  readonly tasks: number;
  readonly failed: number;
  readonly seconds: number;
  readonly injected: Readonly<Record<string, number>>;
  /** Downloads that were repeated because a killed agent had held them, and those without that reason. */
  readonly repeats: { readonly explained: number; readonly unexplained: readonly string[] };
  readonly deadLetters: number;
  /** How the second request ended. */
  readonly stopped: string | undefined;
  readonly violations: readonly string[];
}

/** Runs a request with all the faults that the options name, and checks that it ends as if there were none. */
export async function runLab(options: LabOptions): Promise<LabReport> {
  const random = seededRandom(options.seed);
  const files = filesOf(options);
  const pops = POP_CODES.slice(0, options.pops).map(({ pop }) => pop);
  const proxy = await startAwsProxy(await freePort(), random);
  const links = new InstanceLinks();
  const prewarm = await startLocalPrewarm({
    edge: {
      aliases: [files.host],
      pops: pops.map((pop) => ({ pop, rec: recOf(pop) ?? "none" })),
      site: Object.fromEntries([...files.sizes].map(([path, size]) => [path, { size }])),
    },
    // The Lambdas and the agents call AWS through the proxy. The lab itself does not.
    env: {
      AWS_ENDPOINT_URL: proxy.url,
      PREWARM_STALL_SECONDS: "20",
      PREWARM_FIRST_BYTE_SECONDS: "30",
      PREWARM_KEPT_ERROR_SECONDS: "1",
    },
    // There are no instances before the first request: by then, the edge is known.
    onLaunch: (launch) => {
      const { edge } = standInOf(prewarm);
      return links.launch(launch, { addresses: pops.flatMap(edge.addressesOf), edgePort: edge.httpsPort });
    },
    say: options.say,
  });
  try {
    proxy.target = prewarm.aws.endpoint;
    return await disturbedRun({ prewarm, links, options, random }, proxy, files, pops);
  } finally {
    await prewarm.close();
    await links.close();
    await proxy.close();
  }
}

async function disturbedRun(
  parts: Pick<Disturbed, "prewarm" | "links" | "options" | "random">,
  proxy: AwsProxy,
  files: LabFiles,
  pops: readonly string[],
): Promise<LabReport> {
  const { prewarm, options, random } = parts;
  const { edge } = standInOf(prewarm);
  const faults = edgeFaults(options.edge, random);
  const watch = new EdgeWatch();
  if (options.long !== undefined) watch.slow(files.long, files.longBytes / options.long.seconds);
  edge.setFaults(watch.hook(faults.hook));
  const api = checkedClient(prewarm);
  const bodyOf = (paths: readonly string[]) => ({
    // Downloads are counted: a check would be one more.
    url_list: paths.map(urlOf),
    cf_domain: files.host,
    pops,
    timeout: 60,
    verify: "off",
    instance_count: options.instances,
  });
  const planned = new Set(pops.flatMap((pop) => files.first.map((path) => `${pop} ${urlOf(path)}`)));

  const started = performance.now();
  const reqId = (await api.start(bodyOf(files.first))).value.request_id;
  const standing = async () => {
    const results = await readResults(prewarm, reqId, resultShardCount(planned.size));
    return new Set(results.map(({ pop, url }) => `${pop} ${url}`));
  };
  const it: Disturbed = { ...parts, api, standing };
  proxy.rules = options.rules;
  const others = Promise.all([
    blackouts(proxy, options),
    options.stopped === undefined ? undefined : startAndStop(it, bodyOf(files.second)),
    options.pauseSeconds === undefined ? undefined : pauseAndResume(it, reqId, options.pauseSeconds),
  ]);
  const kills = await killAndFollow(it, reqId);
  const [, second] = await others;
  proxy.rules = [];
  edge.setFaults(undefined);
  const seconds = (performance.now() - started) / 1000;
  const after = await aftermath(prewarm, api, reqId, planned);
  return {
    tasks: planned.size,
    failed: after.progress.failed_count,
    seconds,
    deadLetters: after.deadLetters,
    injected: { ...proxy.injected, ...prefixed(faults), "agents killed": kills.length },
    repeats: repeatsOf(watch.gets, kills, ({ pop, path }) => `${pop} ${urlOf(path)}`),
    stopped: second === undefined ? undefined : (await api.progress(second)).value.status,
    ...figures(after),
    violations: violations(after),
  };
}

function standInOf({ standIn }: LocalPrewarm) {
  if (standIn === undefined) throw new Error("The lab needs the stand-in edge");
  return standIn;
}

function prefixed({ injected }: EdgeFaults): Record<string, number> {
  return Object.fromEntries(Object.entries(injected).map(([kind, count]) => [`edge: ${kind}`, count]));
}
