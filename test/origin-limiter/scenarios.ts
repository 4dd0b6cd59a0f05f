// Scenarios of the origin limiter: each runs a lab, and states which figure violates which requirement. A seed reproduces each.
import { setTimeout as sleep } from "node:timers/promises";
import { mulberry32 } from "../../tools/lab/engine/seed.ts";
import { busiest, Lab, type LabOptions } from "./lab.ts";
import type { TableFaults } from "./simulated-table.ts";

export interface Result {
  readonly figures: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly run: (seed: number) => Promise<Result>;
}

type Check = readonly [name: string, value: number, isGood: boolean];

function result(...checks: readonly Check[]): Result {
  return {
    figures: Object.fromEntries(checks.map(([name, value]) => [name, Math.round(value * 1_000) / 1_000])),
    violations: checks.flatMap(([name, value, isGood]) => (isGood ? [] : [`${name}: ${value}`])),
  };
}

/** What holds for a limit of requests per second: requirements 1, 4 and 5. */
function limitChecks(lab: Lab, limit: number, maxWrites = Number.POSITIVE_INFINITY): Check[] {
  const { sent, table, seconds, options } = lab;
  const times = sent.map(({ at }) => at);
  const random = mulberry32(options.seed + 1_000);
  // At the origin up to 20 ms later.
  const arrived = times.map((at) => at + 20 * random());
  const second = busiest(times, 1_000);
  const atOrigin = busiest(arrived, 1_000);
  const first = ((times[0] ?? Number.POSITIVE_INFINITY) - (lab.firstReceivedAt ?? 0)) / 1_000;
  const writes = table.calls.filter(({ kind }) => kind !== "read").map(({ at }) => at);
  const atMost = (name: string, value: number, most: number): Check => [name, value, value <= most];
  return [
    atMost("sent in a second", second, Math.max(1, limit)),
    atMost("arrived in a second", atOrigin, Math.max(1, limit) + 1),
    atMost("arrived in 10 s, of the limit", busiest(arrived, 10_000) / 10 / limit, 1.02),
    atMost("arrived in 60 s, of the limit", busiest(arrived, 60_000) / 60 / limit, 1.02),
    atMost("first request after s", first, 2),
    atMost("reservations of a process per second", busiestProcess(lab, "reservation"), 1),
    atMost("transactions of a process per second", busiestProcess(lab, "transaction"), 1),
    atMost("writes in a second", busiest(writes, 1_000), maxWrites),
    atMost("writes per second", writes.length / seconds, maxWrites),
  ];
}

/** The most calls of one kind that one process starts in any second for one limit. */
function busiestProcess({ table }: Lab, kind: string): number {
  const byLimit = new Map<string, number[]>();
  for (const { at, owner, limit, kind: its } of table.calls) {
    const key = `${owner} ${limit}`;
    if (its === kind) byLimit.set(key, [...(byLimit.get(key) ?? []), at]);
  }
  return Math.max(0, ...[...byLimit.values()].map((times) => busiest(times, 950)));
}

/** Seconds after the start. */
type Period = readonly [from: number, to: number];

function used({ sent, started }: Lab, limit: number, [from, to]: Period): Check {
  const inPeriod = sent.filter(({ at }) => at >= started + from * 1_000 && at < started + to * 1_000).length;
  const share = inPeriod / (to - from) / limit;
  return [`used from ${from} to ${to} s`, share, share >= 0.8];
}

async function run(options: LabOptions, seconds: number, during?: (lab: Lab) => Promise<void>): Promise<Lab> {
  const lab = new Lab(options);
  const end = sleep(seconds * 1_000);
  await during?.(lab);
  await end;
  lab.endAll();
  return lab;
}

/** What else a scenario with a limit of requests per second has. */
interface Limited extends Partial<LabOptions> {
  /** @default 80 */
  readonly seconds?: number;
  /** When 80 % of the limit must be used. @default from 15 to 75 s */
  readonly usedIn?: readonly Period[];
  readonly maxWrites?: number;
  /** Whether the first request must come within 2 s. @default true */
  readonly isPrompt?: boolean;
  readonly during?: (lab: Lab) => Promise<void>;
}

function limited(processes: number, limit: number, what: string, more: Limited): Scenario {
  const { seconds = 80, usedIn = [[15, 75]], maxWrites, isPrompt = true, during, ...options } = more;
  return {
    name: `${processes} processes, ${limit} per second${what}`,
    run: async (seed) => {
      const limits = { requests_per_second: limit };
      const lab = await run({ seed, processes, tasks: limit * 120, limits, ...options }, seconds, during);
      const checks = limitChecks(lab, limit, maxWrites).filter(([it]) => isPrompt || !it.startsWith("first"));
      return result(...checks, ...usedIn.map((period) => used(lab, limit, period)));
    },
  };
}

/** Processes × limits, without faults. */
function steady(processes: number, limit: number): Scenario {
  const maxWrites = limit === 1 ? { maxWrites: 40 } : {};
  return limited(processes, limit, "", { tasks: Math.max(200, limit * 120), startWithinMs: 5_000, ...maxWrites });
}

/** Half of the processes are killed at 40 s; some join, one stops. */
function kills(processes: number, limit: number): Scenario {
  return limited(processes, limit, ", kill half, join, stop", {
    tasks: limit * 260,
    seconds: 185,
    usedIn: [
      [50, 110],
      [115, 175],
    ],
    during: async (lab) => {
      await sleep(40_000);
      for (const name of lab.names.slice(0, Math.ceil(processes / 2))) lab.kill(name);
      await sleep(1_000);
      lab.start("joined");
      await sleep(4_000);
      await lab.stop(lab.names[0] ?? "");
      lab.start("joined later");
    },
  });
}

/** A slow, failing or unavailable table. A slow or failing one means fewer requests. */
function badTable(name: string, table: TableFaults, processes: number, limit: number): Scenario {
  return limited(processes, limit, `, table ${name}`, {
    tasks: limit * 150,
    seconds: 110,
    usedIn: table.down === undefined ? [] : [[65, 105]],
    isPrompt: false,
    table,
  });
}

/** Clocks that differ: of the first process by `offset` ms, of the second by `-offset`. */
function offsets(processes: number, limit: number, offset: number): Scenario {
  return limited(processes, limit, `, clocks off by ${offset} ms`, { offsets: [offset, -offset] });
}

/** Each request opens a connection, which takes as long as to a distant POP, or longer. */
function slowConnections(processes: number, limit: number, connectMs: number): Scenario {
  return limited(processes, limit, `, connections take ${connectMs} ms`, { connectMs });
}

/** Concurrency, with kills, stops and joins. */
function concurrency(processes: number, limit: number, answerMs: number, table?: TableFaults): Scenario {
  return {
    name: `${processes} processes, ${limit} at once, ${answerMs} ms${table === undefined ? "" : `, table unavailable ${table.downFor === undefined ? "" : `for ${table.downFor} `}from ${String(table.down?.[0]?.join(" to "))} s`}`,
    run: async (seed) => {
      const seconds = Math.max(200, (answerMs * 4) / 1_000);
      const tasks = Math.ceil((limit * seconds * 1_000) / answerMs);
      const options = {
        seed,
        processes,
        tasks,
        answerMs,
        limits: { concurrency: limit },
        together: answerMs > 5_000 ? 1 : 20,
        ...(table === undefined ? {} : { table }),
      };
      const lab = await run(options, seconds, async (it) => {
        await sleep(40_000);
        if (processes > 1 && table?.downFor === undefined) it.kill(it.sent.at(-1)?.process ?? "");
        it.start("joined");
        await sleep(20_000);
        if (processes > 1 && table?.downFor === undefined)
          await Promise.race([it.stop(it.sent.at(-1)?.process ?? ""), sleep(10_000)]);
      });
      const busy = lab.busyMs / 1_000 / (limit * seconds);
      const transactions = busiestProcess(lab, "transaction");
      return result(
        ["most at once", lab.mostInProgress, lab.mostInProgress <= limit],
        ["of the permits used", busy, true],
        ["transactions of a process per second", transactions, transactions <= 1],
        ["done", lab.done, lab.done > 0],
        ["first request after s", ((lab.sent[0]?.at ?? 0) - (lab.firstReceivedAt ?? 0)) / 1_000, true],
      );
    },
  };
}

/** An origin that refuses what is above 30 per second. */
function throttling(processes: number, options: Partial<LabOptions> = {}): Scenario {
  return {
    name: `${processes} processes, refused above 30 per second${options.retryAfterMs === undefined ? "" : ", Retry-After"}${options.answerMs === undefined ? "" : `, ${options.answerMs} ms`}`,
    run: async (seed) => {
      const lab = await run({ seed, processes, tasks: 2_400, breaksAbove: 30, ...options }, 240);
      const { started } = lab;
      const later = lab.sent.filter(({ at }) => at >= started + 10_000);
      const share = later.filter(({ refused }) => refused).length / Math.max(1, later.length);
      return result(
        ["refused after 10 s", share, share <= 0.05],
        [
          "good per second from 10 to 50 s",
          lab.sent.filter(({ at, refused }) => !refused && at >= started + 10_000 && at < started + 50_000).length / 40,
          true,
        ],
        ["not ended", lab.options.tasks - lab.done - lab.failed, lab.done + lab.failed === lab.options.tasks],
        ["ended after s", (lab.lastDoneAt - started) / 1_000, true],
      );
    },
  };
}

/** Runs tasks without and with those that are always refused. @returns when the good ones ended, in seconds */
async function besideBad(options: LabOptions, isBad: (task: number) => boolean, seconds = 200, share = 1) {
  const without = await run(options, seconds);
  const withBad = await run({ ...options, isBad }, seconds);
  const good = withBad.goodAt.slice(0, Math.floor(share * withBad.goodAt.length));
  const endOf = (lab: Lab, at: number) => (at - lab.started) / 1_000;
  return { withBad, usual: endOf(without, without.lastDoneAt), ended: endOf(withBad, Math.max(...good)) };
}

/** One of 25 URLs is always refused at all POPs, on a slow origin; without it, the request takes some ten seconds. */
function oneBadUrl(processes: number): Scenario {
  return {
    name: `${processes} processes, 1 of 25 URLs refused, 1 s latency`,
    run: async (seed) => {
      const pops = 20 * processes;
      const urlOf = (task: number) => ({ url: `u${task % 25}`, pop: `pop${Math.floor(task / 25)}` });
      const options = { seed, processes, tasks: 25 * pops, urlOf, answerMs: 1_000, together: 25, messages: 1 };
      const { withBad, usual, ended } = await besideBad(options, (task) => task % 25 === 7);
      const cuts = withBad.table.calls.filter(({ kind }) => kind === "cut").length;
      return result(
        ["good URLs end after, of the time without", ended / usual, ended / usual <= 1.3],
        ["without after s", usual, true],
        ["cuts", cuts, cuts === 0],
        ["done", withBad.done, withBad.done === 24 * pops],
      );
    },
  };
}

/** One POP refuses everything. */
function oneBadPop(processes: number): Scenario {
  return {
    name: `${processes} processes, 1 of 10 POPs refuses everything`,
    run: async (seed) => {
      const options = { seed, processes, tasks: 2_000, answerMs: 200 };
      const { withBad, usual, ended } = await besideBad(options, (task) => task % 10 === 3);
      return result(
        ["good tasks end after, of the time without", ended / usual, ended / usual <= 1.3],
        ["done", withBad.done, withBad.done === 1_800],
      );
    },
  };
}

/** A share of the URLs is always refused, on an origin that has no limit of its own. */
function someBadUrls(processes: number, share: number, retryAfterMs?: number): Scenario {
  return {
    name: `${processes} processes, ${share} of the URLs always refused${retryAfterMs === undefined ? "" : ", Retry-After"}`,
    run: async (seed) => {
      const tasks = processes * 3_200;
      const every = Math.round(1 / share);
      const options = { seed, processes, tasks, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
      const { withBad, usual, ended } = await besideBad(options, (task) => task % every === 3, 150, 0.99);
      return result(
        ["99 % of the good ones after s", ended, ended <= 1.25 * usual + 12],
        ["without after s", usual, true],
        ["good ones", withBad.done, withBad.done === tasks - Math.ceil((tasks - 3) / every)],
      );
    },
  };
}

/** Get Size and agents at the same time. */
function getSize(processes: number, limit: number): Scenario {
  return {
    name: `${processes} processes and Get Size, ${limit} per second, 4 at once`,
    run: async (seed) => {
      const limits = { requests_per_second: limit, concurrency: 8 };
      const options = { seed, processes, tasks: limit * 60, limits, probes: limit * 30, answerMs: 100 };
      const lab = await run(options, 150);
      const probes = lab.sent.filter(({ isProbe }) => isProbe).length;
      const checks = limitChecks(lab, limit).filter(([name]) => !name.startsWith("first"));
      return result(
        ...checks,
        ["most at once", lab.mostInProgress, lab.mostInProgress <= 8],
        ["probes", probes, probes === limit * 30],
        ["done", lab.done, lab.done === limit * 60],
      );
    },
  };
}

/** One request of two hosts: both share its limits. If one throttles, the other goes on. */
function twoHosts(processes: number, breaksAbove?: number): Scenario {
  return {
    name: `${processes} processes, two hosts, 20 per second, 4 at once${breaksAbove === undefined ? "" : `, one refuses above ${breaksAbove} per second`}`,
    run: async (seed) => {
      const limits = { requests_per_second: 20, concurrency: 4 };
      const throttled = breaksAbove === undefined ? {} : { breaksAbove, isThrottled: (host: number) => host === 0 };
      const lab = await run({ seed, processes, tasks: 1_000, limits, answerMs: 100, hosts: 2, ...throttled }, 300);
      const other = lab.sent.filter(({ host }) => host === 1);
      const otherEnd = ((other.at(-1)?.at ?? Number.POSITIVE_INFINITY) - lab.started) / 1_000;
      return result(
        ...limitChecks(lab, 20),
        ["most at once", lab.mostInProgress, lab.mostInProgress <= 4],
        ["permits held at the end", lab.table.held, lab.table.held === 0],
        ["done", lab.done, lab.done === 1_000],
        ["ended after s", (lab.lastDoneAt - lab.started) / 1_000, true],
        ["other host ended after s", otherEnd, otherEnd < 240],
      );
    },
  };
}

/** An origin that refuses everything. */
function originDown(retryAfterMs?: number): Scenario {
  return {
    name: `4 processes, everything refused${retryAfterMs === undefined ? "" : ", Retry-After 900"}`,
    run: async (seed) => {
      const lab = await run(
        { seed, processes: 4, tasks: 4_000, breaksAbove: 0, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        60,
      );
      const later = lab.sent.filter(({ at }) => at >= lab.started + 5_000).length;
      return result(["requests from 5 to 60 s", later, later < 250]);
    },
  };
}

const DOWN: TableFaults = { down: [[20, 50]] };
const LONG_DOWN: TableFaults = { down: [[30, 110]] };
/** Half of eight processes, at most, cannot reach the table for longer than a lease. */
const CUT_OFF: readonly TableFaults[] = ["p0", "p1", "p2", "p3"].map((downFor) => ({
  down: [[15, 150]],
  downFor,
}));

/** A few, for every push. */
export const SOME: readonly Scenario[] = [
  steady(4, 10),
  kills(4, 10),
  badTable("unavailable from 20 to 50 s", DOWN, 4, 10),
  offsets(4, 10, 1_000),
  concurrency(4, 4, 90_000),
  concurrency(8, 4, 90_000, LONG_DOWN),
  ...CUT_OFF.map((table) => concurrency(4, 4, 300_000, table)),
  throttling(4),
  oneBadUrl(4),
  oneBadPop(4),
  getSize(2, 20),
  twoHosts(2),
  twoHosts(2, 5),
  slowConnections(4, 10, 400),
];

/** All of them. */
export const ALL: readonly Scenario[] = [
  ...[1, 4, 20, 40, 600].flatMap((processes) => [1, 10, 50, 200].map((limit) => steady(processes, limit))),
  ...[4, 20, 40].flatMap((processes) => [10, 50].map((limit) => kills(processes, limit))),
  ...[1, 4, 20].flatMap((processes) => [
    badTable("with 300 ms latency", { latencyMs: 300 }, processes, 50),
    badTable("with 1,500 ms latency", { latencyMs: 1_500 }, processes, 50),
    badTable("failing for 20 % of the calls", { failing: 0.2 }, processes, 50),
    badTable("unavailable from 20 to 50 s", DOWN, processes, 50),
  ]),
  ...[300, 1_000].flatMap((offset) => [
    offsets(4, 50, offset),
    offsets(20, 10, offset),
    offsets(2, 200, offset),
    offsets(4, 1, offset),
  ]),
  ...[1, 4, 10].flatMap((limit) => [1, 4, 20, 40].map((processes) => concurrency(processes, limit, 200))),
  ...[4, 20].flatMap((processes) => [concurrency(processes, 4, 90_000), concurrency(processes, 4, 1_200_000)]),
  concurrency(8, 4, 90_000, LONG_DOWN),
  ...CUT_OFF.map((table) => concurrency(4, 4, 300_000, table)),
  ...[1, 4, 12, 40].map((processes) => throttling(processes)),
  throttling(4, { retryAfterMs: 2_000, answerMs: 300 }),
  throttling(4, { answerMs: 1_000 }),
  ...[1, 4, 12].flatMap((processes) => [oneBadUrl(processes), oneBadPop(processes)]),
  ...[1, 4].flatMap((processes) => [someBadUrls(processes, 0.005), someBadUrls(processes, 0.02, 900_000)]),
  originDown(),
  originDown(900_000),
  getSize(1, 50),
  getSize(4, 20),
  ...[1, 4].flatMap((processes) => [twoHosts(processes), twoHosts(processes, 5)]),
  ...[1, 4, 20].flatMap((processes) => [slowConnections(processes, 10, 400), slowConnections(processes, 50, 400)]),
];
