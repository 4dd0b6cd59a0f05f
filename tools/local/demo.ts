import { request } from "undici";
import { sinkOf } from "../../cli/output/sink.ts";
import { follow } from "../../cli/watch/follow.ts";
import { openDisplay } from "../../cli/watch/open-display.ts";
import type { Progress, Summary } from "../../client/answers.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { grouped } from "../../domain/collections.ts";
import { recOf } from "../../domain/pops/sites.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { checkedClient } from "./api-client.ts";
import { demoDirect } from "./direct-demo.ts";
import { refuseUnfit } from "./fit-machine.ts";
import { type LocalPrewarm, startLocalPrewarm } from "./local-prewarm.ts";
import { ending, refuseIfEnding } from "./processes.ts";
import { askAgain, outcomeCounts, popTable, readResults, reportRows, unmet } from "./results.ts";
import { runProgram } from "./signals.ts";
import { DEAD_POP, FILES, HOST, isText, world } from "./world.ts";

/** Eight POPs under three RECs. */
const POPS = ["SIN2-P1", "SIN2-P2", "SIN52-C2", "NRT57-P2", "NRT57-P3", "FRA60-P1", "FRA56-P4", "FRA50-C1"];
const INSTANCES = 2;
const POLL_MS = 300;
const PATIENCE_MS = 60_000;

const GOOD_URLS = Object.keys(FILES).map((path) => `https://${HOST}${path}`);
const MISSING_URL = `https://${HOST}/patch/part-3.bin`;

/** What happened: the values that are checked. */
interface Outcome {
  readonly progress: Progress;
  readonly summary: Summary;
  readonly report: string;
  readonly results: readonly TaskResult[];
  readonly originFetches: number;
  readonly cold: readonly string[];
}

await runProgram(async (say) => {
  // Both parts need what the second one needs: it is said before anything is started.
  refuseUnfit(world);
  const ofDirect = await demoDirect(POPS, say);
  say("");
  const prewarm = await startLocalPrewarm({ edge: world, say });
  try {
    const faults = [...ofDirect, ...wrongIn(await warm(prewarm, say))];
    for (const fault of faults) console.error(`WRONG: ${fault}`);
    say(faults.length === 0 ? "\nEverything is exactly as expected." : "");
    return faults.length === 0;
  } finally {
    await prewarm.close();
  }
});

async function warm(prewarm: LocalPrewarm, say: (line: string) => void): Promise<Outcome> {
  const api = checkedClient(prewarm);
  const body = {
    url_list: [...GOOD_URLS, MISSING_URL],
    cf_domain: HOST,
    target_type: "pop",
    pops: [...POPS, DEAD_POP],
    timeout: 5,
    instance_count: INSTANCES,
  };
  say(`\nPOST ${prewarm.apiUrl}prewarm`);
  say(
    `  ${body.url_list.length} URLs (one of them a 404), ${body.pops.length} POPs (one of them dead), ${INSTANCES} instances\n`,
  );
  const reqId = (await api.start(body)).value.request_id;
  const progress = await watch(api, reqId);
  const summary = (await api.summary(reqId)).value;
  const report = await (await request(summary.failure_pop_urls_report)).body.text();
  const results = await readResults(prewarm, reqId);
  const { standIn } = prewarm;
  if (standIn === undefined) throw new Error("The demo needs its edge");
  // Read before the edge is asked again: a URL that is not warm would add a fetch then.
  const originFetches = standIn.edge.originRequests().filter(({ probe }) => !probe).length;
  say(`\n${popTable(results)}\n`);
  say(`Failed tasks:            ${progress.failed_count}`);
  say(`What was seen:           ${outcomeCounts(results)}`);
  say(`POPs without an address: ${summary.failure_pops.join(", ") || "none"}`);
  say(`URLs that cannot be read: ${summary.failure_urls.join(", ") || "none"}`);
  say(
    `Fetches the origin saw:  ${originFetches} (${GOOD_URLS.length} objects, ${recs().size} RECs, ${progress.total_count} downloads)`,
  );
  refuseIfEnding();
  const cold = await askAgain(standIn, GOOD_URLS, POPS);
  say(`Asked again everywhere:  ${progress.total_count - cold.length} of ${progress.total_count} are hits`);
  return { progress, summary, report, results, originFetches, cold };
}

/** As `prewarm status --watch` shows it. */
async function watch(api: ApiClient, reqId: string): Promise<Progress> {
  const shell = {
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
  };
  const display = await openDisplay(shell, shell.stdout, { listed: undefined, hint: "Ctrl-C ends the demo." });
  try {
    const progress = await follow({
      ask: async () => (await api.progress(reqId, { detail: display.detail })).value,
      onAnswer: (it) => display.show(it),
      onSilence: () => display.silent(),
      everyMs: Math.min(display.everyMs, POLL_MS),
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    if (progress === undefined) throw new Error(`The request did not end within ${PATIENCE_MS / 1_000} s`);
    return progress;
  } finally {
    display.close();
  }
}

/** The values that are not as expected. */
function wrongIn({ progress, summary, report, results, originFetches, cold }: Outcome): string[] {
  const tasks = GOOD_URLS.length * POPS.length;
  const byPop = grouped(results, ({ pop }) => pop);
  const bytes = POPS.length * Object.values(FILES).reduce((sum, size) => sum + size, 0);
  return unmet([
    ["status", progress.status, "FINISHED"],
    ["total_count", progress.total_count, tasks],
    ["download_count", progress.download_count, tasks],
    ["total_size", progress.total_size, bytes],
    ["download_size", progress.download_size, results.reduce((sum, it) => sum + it.bytes, 0)],
    ["files of other sizes", otherSizes(results).join(), ""],
    ["percentage_complete", progress.percentage_complete, 100],
    ["failed_count", progress.failed_count, 0],
    ["failure_pops", summary.failure_pops.join(), DEAD_POP],
    ["failure_urls", summary.failure_urls.join(), MISSING_URL],
    ["what the report names", reportedIn(report).join(), [` ${MISSING_URL}`, `${DEAD_POP} `].join()],
    ["POPs with results", [...byPop.keys()].sort().join(), [...POPS].sort().join()],
    ["tasks at each POP", [...new Set([...byPop.values()].map((its) => its.length))].join(), String(GOOD_URLS.length)],
    ["what was seen", outcomeCounts(results), `${tasks} warm`],
    ["fetches the origin saw", originFetches, GOOD_URLS.length * recs().size],
    ["URLs that are not warm", cold.join("; "), ""],
  ]);
}

/** Files that were not downloaded whole. The edge compresses text to about half of its size. */
function otherSizes(results: readonly TaskResult[]): string[] {
  const sizes = results.map(({ url, bytes }) => [url.slice(`https://${HOST}`.length), bytes] as const);
  return sizes.flatMap(([path, bytes]) => {
    const { [path]: size = Number.NaN } = FILES;
    const isWhole = isText(path) ? bytes > size / 4 && bytes < size : bytes === size;
    return isWhole ? [] : [`${path} (${bytes})`];
  });
}

/** POP and URL of each row, sorted. */
function reportedIn(report: string): string[] {
  return reportRows(report)
    .map(({ pop, url }) => `${pop} ${url}`)
    .toSorted();
}

function recs(): Set<string | undefined> {
  return new Set(POPS.map(recOf));
}
