import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import type { OriginLimits } from "../../domain/request/options.ts";
import { Distributions } from "../edge/distributions.ts";
import { startDnsServer } from "../edge/dns.ts";
import { edgeEnvironment } from "../edge/edge.ts";
import { ROOT, RUN } from "../local/paths.ts";
import { peakMegabytes } from "../local/processes.ts";
import { table } from "../markdown-table.ts";
import { median } from "../median.ts";
import { type Bench, type NodeProgram, otherNode, THIS_NODE } from "./bench.ts";
import { DOMAIN, HOST, PACED_PER_SECOND, type Server, startNginx, type TimedRequest } from "./nginx.ts";
import { OUR_CORE, type Ran, runPinned } from "./pinned.ts";
import { type Findings, readable, rowOf } from "./report.ts";

/** Share of the URLs and files: all of them take a quarter of an hour. */
const scale = Number(process.env["BENCH_DIRECT_SCALE"] ?? 1);
const scaled = (count: number) => Math.max(1, Math.round(count * scale));

const COMMAND = `${ROOT}cli/dist/prewarm.cjs`;
const STATE = `${RUN}direct/`;
const SMALL = { urls: scaled(200), pops: 30 };
/** Under an origin limit. It does not bind where the server answers fewer requests in a second. */
const LIMITED = { urls: scaled(750), pops: 8, perSecond: 10_000 };
const LARGE = { files: scaled(40), pops: 3, bytes: 256 * 2 ** 20 };
const MANY = { urls: scaled(5_000), pops: 360 };
/** A curl process a task takes so long that its rate follows from some of them. */
const LOOP_TASKS = Math.min(1_200, SMALL.urls * SMALL.pops);
const LOOP_AT_ONCE = 16;
/** As many as curl has at once if nothing else is said. */
const CURL_AT_ONCE = 50;
const LIMITED_CURL_AT_ONCE = 100;
const LARGE_AT_ONCE = 4;
const POLL_MS = 50;
const MB = 1e6;

interface Small {
  readonly seconds: number;
  readonly cpuPerRequest: number;
  readonly requests: number;
}

/** The command without a stack, as a user starts it: `prewarm warm --direct`. */
export async function benchDirect({ rounds, say, server: needed }: Bench): Promise<Findings> {
  execFileSync(process.execPath, ["tools/release/build-command.js"], { cwd: ROOT });
  // It says which programs are missing. This part has an address for each POP, so it needs one of its own.
  await needed();
  const server = await startNginx({ count: MANY.pops + 1, name: "nginx-direct" });
  // The distribution's own name leads to the last address, where sizes are asked.
  const nearest = server.addresses.slice(-1);
  const pops = POP_CODES.slice(0, MANY.pops).map(({ pop }) => pop);
  const dns = await startDnsServer({
    distributions: new Distributions([{ domain: DOMAIN, aliases: [HOST] }]),
    addressesOf: new Map(pops.map((pop, i) => [pop, server.addresses.slice(i, i + 1)])),
    nearest,
  });
  const other = otherNode();
  // The last one, the newest, decides whether a bound is met: it is what runs on AWS.
  const nodes = [THIS_NODE, ...(other === undefined ? [] : [other])].toSorted((a, b) =>
    a.version.localeCompare(b.version, "en", { numeric: true }),
  );
  const warm = (paths: readonly string[], popCount: number, node?: string, origin: OriginLimits = {}) =>
    commandLine(paths, pops.slice(0, popCount), { server, dns: dns.address, node, origin });
  try {
    const small = await compareSmall(server, rounds, say, nodes, warm);
    const limited = await compareLimits(server, rounds, say, warm);
    const firstBytes = await timesToFirstByte(server, rounds, say, warm);
    const large = await compareLarge(server, rounds, say, nodes, warm);
    const memory = await runMany(say, warm);
    const tasks = SMALL.urls * SMALL.pops;
    const cpuRatios = small.map(({ version, its }) => ({
      version,
      ratio: median(its.map(({ ours, curl }) => ours.cpuPerRequest / curl.cpuPerRequest)),
    }));
    const wallRatio = median(
      small.flatMap(({ its }) =>
        its.flatMap(({ ours, loop }) => (loop === undefined ? [] : [loop.seconds / ours.seconds])),
      ),
    );
    const smallName = `direct engine, ${readable(tasks)} tasks of 10 KB (${SMALL.urls} URLs × ${SMALL.pops} POPs)`;
    const pairs = limited.flatMap((it) => it.pairs);
    const limitedName = `direct engine, ${readable(LIMITED.urls * LIMITED.pops)} tasks of 10 KB (${LIMITED.urls} URLs × ${LIMITED.pops} POPs), \`--origin-rps ${LIMITED.perSecond}\``;
    const pacedName = `${limitedName}, a server that answers ${readable(PACED_PER_SECOND)} requests in a second`;
    const largeName = `direct engine, ${LARGE.files} files of 256 MB at ${LARGE.pops} POPs, one core: rate of the downloads`;
    return {
      title: "Direct engine",
      rows: [
        rowOf({
          what: `${smallName}: CPU per request`,
          value: cpuRatios.at(-1)?.ratio ?? Number.NaN,
          unit: "× `curl --parallel`",
          required: 2.5,
          aim: 1,
          measured: cpuRatios.map(({ ratio, version }) => `${readable(ratio)} × on Node ${version}`).join(", "),
        }),
        rowOf({
          what: `${smallName}: wall time, a loop of curl processes ÷ the command`,
          value: wallRatio,
          unit: "×",
          required: 15,
          aim: 30,
          better: "more",
        }),
        rowOf({
          what: `${limitedName}: wall time, sizes included`,
          value: median(limited.map(({ full, curl }) => full.seconds / curl.seconds)),
          unit: "× `curl --parallel`",
          required: 3,
          aim: 2,
        }),
        rowOf({
          what: `${pacedName}: wall time`,
          value: median(pairs.map(({ limit, none }) => limit.seconds / none.seconds)),
          unit: "× without the limit",
          required: 1.05,
          aim: 1,
        }),
        rowOf({
          what: `${pacedName}: CPU per request`,
          value: median(pairs.map(({ limit, none }) => limit.cpuPerRequest / none.cpuPerRequest)),
          unit: "× without the limit",
          required: 1.05,
          aim: 1,
        }),
        rowOf({
          what: "direct engine, from the start of the process to the first download's request",
          value: median(firstBytes.map(({ download }) => download)),
          unit: "s",
          required: 2,
          aim: 1,
        }),
        rowOf({
          what: largeName,
          value: large.at(-1)?.ratio ?? Number.NaN,
          unit: "× curl",
          required: 0.9,
          aim: 1,
          better: "more",
          measured: large.map(({ ratio, version }) => `${readable(ratio)} × curl on Node ${version}`).join(", "),
        }),
        rowOf({
          what: `direct engine, peak memory of ${readable(memory.tasks)} tasks (${readable(MANY.urls)} URLs × ${MANY.pops} POPs)`,
          value: memory.peakMB,
          unit: "MB",
          required: 500,
          aim: 300,
        }),
      ],
      notes: [
        `The published \`prewarm warm --direct\`, from its start to its end: sizes, DNS, plan, downloads, checks, journal and report. The request has no origin limit (\`origin: {}\`). Every response is a hit of the edge with an increasing \`Age\`: \`verify: edge\` sends each task's request twice, 1.1 s apart. \`curl --parallel\` sends as many requests as the command did (nginx counts them), those of a task one after the other, ${CURL_AT_ONCE} at once; both check certificates. The loop starts a curl process per task, ${LOOP_AT_ONCE} at once, without cache and certificate checks. DNS is on this machine.`,
        table(
          [
            "round",
            "Node.js",
            "the command, s",
            "requests",
            "CPU µs per request",
            "`curl --parallel`, CPU µs per request",
            "loop, s",
          ],
          small.flatMap(({ version, its }) =>
            its.map(({ ours, curl, loop }, i) => [
              String(i + 1),
              version,
              readable(ours.seconds),
              readable(ours.requests),
              readable(ours.cpuPerRequest),
              readable(curl.cpuPerRequest),
              loop === undefined ? "" : `${readable(loop.seconds)} (by ${readable(LOOP_TASKS)} tasks)`,
            ]),
          ),
        ),
        `With \`--origin-rps ${LIMITED.perSecond}\`; \`curl --parallel\` with ${LIMITED_CURL_AT_ONCE} at once sends as many requests. Where the server answers ${readable(PACED_PER_SECOND)} requests in a second, the limit does not bind: pairs of runs with and without it, whose order changes.`,
        table(
          ["with the limit, s", "without, s", "with, CPU µs per request", "without, CPU µs per request"],
          pairs.map(({ limit, none }) =>
            [limit.seconds, none.seconds, limit.cpuPerRequest, none.cpuPerRequest].map(readable),
          ),
        ),
        `From the start of the process, the first size probe was sent after ${readable(median(firstBytes.map(({ size }) => size)))} s, ` +
          `and the first download after ${readable(median(firstBytes.map(({ download }) => download)))} s (medians of ${firstBytes.length} runs of ${readable(tasks)} tasks).`,
        `256 MB objects; curl with ${LARGE_AT_ONCE} concurrent downloads. The rate covers the first request of a whole object to the last byte, by nginx's log. The time of the whole command also includes its start, the sizes, the checks and the report. Medians of the rounds:`,
        table(
          ["who", "MB/s", "of curl's", "whole command, of curl's", "CPU, of curl's"],
          large.map(({ version, rate, ratio, wallRatio, cpuRatio: cpu }) => [
            `the command on Node ${version}`,
            readable(rate / MB),
            readable(ratio),
            readable(wallRatio),
            readable(cpu),
          ]),
        ),
        `${readable(memory.tasks)} tasks took ${readable(memory.seconds)} s, with at most ${readable(memory.files)} open files and a peak of ${readable(memory.peakMB)} MB.`,
      ],
    };
  } finally {
    await dns.close();
    await server.close();
    rmSync(STATE, { recursive: true, force: true });
  }
}

type Warm = (paths: readonly string[], popCount: number, node?: string, origin?: OriginLimits) => CommandLine;

interface CommandLine {
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** How the command is started, with a state of its own. */
function commandLine(
  paths: readonly string[],
  pops: readonly string[],
  {
    server,
    dns,
    node = process.execPath,
    origin,
  }: { server: Server; dns: string; node?: string | undefined; origin: OriginLimits },
): CommandLine {
  rmSync(STATE, { recursive: true, force: true });
  const list = `${RUN}direct-urls`;
  writeFileSync(list, paths.map((path) => `https://${HOST}${path}\n`).join(""));
  const body = `${RUN}direct-body.json`;
  writeFileSync(body, JSON.stringify({ origin }));
  const flags = (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
  return {
    words: [
      ...[node, ...flags, COMMAND, "warm", "--direct", "--yes", "--json", "--cf-domain", DOMAIN],
      ...["--file", list, "--pop", pops.join(), "--from", body],
    ],
    env: {
      ...edgeEnvironment({ dnsServer: dns, httpsPort: server.port, httpPort: server.httpPort }, server.caFile),
      XDG_STATE_HOME: STATE,
    },
  };
}

/** Runs the command on our core to its end. @throws Error if a task is not warm, or a size is unknown */
async function runCommand({ words, env }: CommandLine, tasks: number) {
  const log = `${RUN}direct.log`;
  const ran = await runPinned(`${words.map((word) => `'${word}'`).join(" ")} 2> ${log}`, env);
  if (ran.stdout === "") throw new Error(readFileSync(log, "utf8"));
  checkWarm(ran.stdout, tasks);
  return ran;
}

function checkWarm(stdout: string, tasks: number): void {
  const { progress } = JSON.parse(stdout) as {
    progress: { warm_count: number; total_count: number; total_size: number; download_size: number };
  };
  if (progress.total_size < progress.download_size)
    throw new Error(`the sizes come to ${progress.total_size} bytes, not ${progress.download_size}: some are unknown`);
  if (progress.warm_count !== tasks || progress.total_count !== tasks)
    throw new Error(`${progress.warm_count} of ${progress.total_count} tasks are warm, not ${tasks}`);
}

const paths = (below: string, count: number) => Array.from({ length: count }, (_, i) => `/warm/${below}${i}.bin`);

async function compareSmall(
  server: Server,
  rounds: number,
  say: (line: string) => void,
  nodes: readonly NodeProgram[],
  warm: Warm,
) {
  const tasks = SMALL.urls * SMALL.pops;
  const small = paths("", SMALL.urls);
  const urls = small.flatMap((path) =>
    server.addresses.slice(0, SMALL.pops).map((it) => `https://${it}:${server.port}${path}`),
  );
  const runs = nodes.map((node) => ({
    ...node,
    its: [] as { ours: Small; curl: Small; loop: Small | undefined }[],
  }));
  for (let round = 0; round < rounds; round++)
    for (const [i, { program, version, its }] of runs.entries()) {
      const ours = await counted(server, () => runCommand(warm(small, SMALL.pops, program), tasks));
      const curl = await counted(server, () => runPinned(curlParallel(server, small, ours.requests)));
      const loop = i === 0 ? await runLoop(server, urls, tasks) : undefined;
      its.push({ ours, curl, loop });
      say(
        `  ${readable(tasks)} tasks on Node ${version}: ${readable(ours.seconds)} s, ${readable(ours.requests)} requests, ${readable(ours.cpuPerRequest)} µs CPU each; ` +
          `curl --parallel ${readable(curl.seconds)} s, ${readable(curl.cpuPerRequest)} µs${loop === undefined ? "" : `; loop ${readable(loop.seconds)} s`}`,
      );
    }
  return runs;
}

/** All in each round: what else the machine does changes in the course of minutes. */
async function compareLimits(server: Server, rounds: number, say: (line: string) => void, warm: Warm) {
  const { urls, pops, perSecond } = LIMITED;
  const run = (below: string, origin: OriginLimits) =>
    counted(server, () => runCommand(warm(paths(below, urls), pops, process.execPath, origin), urls * pops));
  const limits = { requests_per_second: perSecond };
  const its: { full: Small; curl: Small; pairs: { limit: Small; none: Small }[] }[] = [];
  for (let round = 0; round < rounds; round++) {
    const full = await run("", limits);
    const curl = await counted(server, () =>
      runPinned(curlParallel(server, paths("", urls), full.requests, { pops, atOnce: LIMITED_CURL_AT_ONCE })),
    );
    const limit = await run("paced/", limits);
    const none = [await run("paced/", {}), await run("paced/", {})] as const;
    const pairs = [
      { limit, none: none[0] },
      { limit: await run("paced/", limits), none: none[1] },
    ];
    its.push({ full, curl, pairs });
    say(
      `  ${readable(urls * pops)} tasks with ${readable(perSecond)} requests per second: ${readable(full.seconds)} s; curl --parallel ${readable(curl.seconds)} s; ` +
        `paced, CPU per request with and without it: ${pairs.map((it) => `${readable(it.limit.cpuPerRequest)} and ${readable(it.none.cpuPerRequest)} µs`).join(", ")}`,
    );
  }
  return its;
}

/** Some of the tasks, a curl process each. @returns what all of them would take */
async function runLoop(server: Server, urls: readonly string[], tasks: number): Promise<Small> {
  writeFileSync(`${RUN}urls`, urls.slice(0, LOOP_TASKS).join("\n"));
  const some = await counted(server, () =>
    runPinned(`xargs -P ${LOOP_AT_ONCE} -n 1 curl -sk -o /dev/null < ${RUN}urls`),
  );
  return { ...some, seconds: (some.seconds / LOOP_TASKS) * tasks };
}

/** Writes a list of as many requests, each URL as often as it takes. @returns the command */
function curlParallel(
  server: Server,
  paths: readonly string[],
  requests: number,
  { pops, atOnce } = { pops: SMALL.pops, atOnce: CURL_AT_ONCE },
): string {
  const downloads = paths.flatMap((path) => server.addresses.slice(0, pops).map((address) => ({ path, address })));
  const transfers = Array.from({ length: requests }, (_, i) => {
    const { path = "", address = "" } = downloads[Math.floor((i * downloads.length) / requests)] ?? {};
    return [
      `url = "https://${HOST}:${server.port}${path}"`,
      // As `--resolve`, but for this transfer alone: a connection to another POP is not used again.
      `connect-to = "::${address}:"`,
      `cacert = "${server.caFile}"`,
      'output = "/dev/null"',
      "silent",
    ].join("\n");
  });
  writeFileSync(`${RUN}curlrc`, transfers.join("\nnext\n"));
  return `curl --parallel --parallel-max ${atOnce} -K ${RUN}curlrc`;
}

async function counted(
  server: Server,
  run: () => Promise<{ readonly seconds: number; readonly cpuMicros: number }>,
): Promise<Small> {
  const before = await server.requests();
  const { seconds, cpuMicros } = await run();
  // The question itself is one.
  const requests = (await server.requests()) - before - 1;
  return { seconds, requests, cpuPerRequest: cpuMicros / requests };
}

/** Seconds from the start of the process to the first request of a size, and to the first one of a download. */
async function timesToFirstByte(server: Server, rounds: number, say: (line: string) => void, warm: Warm) {
  const [nearest] = server.addresses.slice(-1);
  const times: { size: number; download: number }[] = [];
  server.takeTimed();
  for (let round = 0; round < rounds; round++) {
    const line = warm(paths("timed/", SMALL.urls), SMALL.pops);
    const startedAt = Date.now();
    await runCommand(line, SMALL.urls * SMALL.pops);
    const timed = server.takeTimed();
    const first = (isSize: boolean) => {
      const its = timed.flatMap(({ at, address }) => ((address === nearest) === isSize ? [at] : []));
      return (its.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - startedAt) / 1_000;
    };
    const time = { size: first(true), download: first(false) };
    times.push(time);
    say(`  first request of a size after ${readable(time.size)} s, first download after ${readable(time.download)} s`);
  }
  return times;
}

async function compareLarge(
  server: Server,
  rounds: number,
  say: (line: string) => void,
  nodes: readonly NodeProgram[],
  warm: Warm,
) {
  const large = paths("256m/", LARGE.files);
  const tasks = LARGE.files * LARGE.pops;
  const urls = large.flatMap((path) =>
    server.addresses.slice(0, LARGE.pops).map((it) => `https://${it}:${server.port}${path}`),
  );
  const all = urls.map((url) => `url = "${url}"\noutput = "/dev/null"`).join("\n");
  const runs = nodes.map((node) => ({
    ...node,
    its: [] as { transferSeconds: number; ratio: number; wallRatio: number; cpuRatio: number }[],
  }));
  const transferred = async (run: () => Promise<Ran>) => {
    server.takeTimed();
    const ran = await run();
    return { ...ran, transferSeconds: secondsOf(server.takeTimed().filter(({ bytes }) => bytes === LARGE.bytes)) };
  };
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    writeFileSync(`${RUN}curlrc`, all);
    const curlCommand = `curl -sk --parallel --parallel-max ${LARGE_AT_ONCE} -K ${RUN}curlrc`;
    const curl = await transferred(() => runPinned(curlCommand));
    for (const { program, version, its } of runs) {
      const { seconds, cpuMicros, transferSeconds } = await transferred(() =>
        runCommand(warm(large, LARGE.pops, program), tasks),
      );
      its.push({
        transferSeconds,
        ratio: curl.transferSeconds / transferSeconds,
        wallRatio: curl.seconds / seconds,
        cpuRatio: cpuMicros / curl.cpuMicros,
      });
      say(
        `  ${tasks} × 256 MB on Node ${version}: ${readable(transferSeconds)} of ${readable(seconds)} s, ${readable(cpuMicros / 1e6)} s CPU; ` +
          `curl ${readable(curl.transferSeconds)} of ${readable(curl.seconds)} s, ${readable(curl.cpuMicros / 1e6)} s CPU`,
      );
    }
  }
  return runs.map(({ version, its }) => ({
    version,
    rate: (tasks * LARGE.bytes) / median(its.map(({ transferSeconds }) => transferSeconds)),
    ratio: median(its.map(({ ratio }) => ratio)),
    wallRatio: median(its.map(({ wallRatio }) => wallRatio)),
    cpuRatio: median(its.map(({ cpuRatio }) => cpuRatio)),
  }));
}

/** From the first of the requests to the last byte of all. */
function secondsOf(requests: readonly TimedRequest[]): number {
  const first = Math.min(...requests.map(({ at }) => at));
  return (Math.max(...requests.map(({ endedAt }) => endedAt)) - first) / 1_000;
}

/** All tasks of a large run, downloads included, and the most memory and open files that it has had. */
async function runMany(say: (line: string) => void, warm: Warm) {
  const tasks = MANY.urls * MANY.pops;
  const { words, env } = warm(paths("", MANY.urls), MANY.pops);
  const started = performance.now();
  const [program = "", ...args] = ["taskset", "-c", String(OUR_CORE), ...words];
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  let peakMB = 0;
  let files = 0;
  // Whoever has ended tells neither.
  const poll = setInterval(() => {
    try {
      peakMB = Math.max(peakMB, peakMegabytes(child.pid) || 0);
      files = Math.max(files, readdirSync(`/proc/${child.pid}/fd`).length);
    } catch {}
  }, POLL_MS);
  const [code] = await once(child, "close").finally(() => clearInterval(poll));
  if (code !== 0) throw new Error(`the command ended with ${code}: ${stderr.slice(-2_000)}`);
  checkWarm(stdout, tasks);
  const seconds = (performance.now() - started) / 1_000;
  say(`  ${readable(tasks)} tasks: ${readable(seconds)} s, at most ${readable(peakMB)} MB and ${files} open files`);
  return { tasks, seconds, peakMB, files };
}
