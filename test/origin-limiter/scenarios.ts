// Scenarios of the origin limiter: each runs a lab, and states which figure violates which requirement. A seed reproduces each.
import { setTimeout as sleep } from "node:timers/promises";
import { grouped } from "../../domain/collections.ts";
import { busiest } from "../../tools/edge/origin-log.ts";
import { mulberry32 } from "../../tools/lab/engine/seed.ts";
import { Lab, type LabOptions } from "./lab.ts";
import type { Call, TableFaults } from "./simulated-table.ts";

export interface Result {
  readonly figures: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly run: (seed: number) => Promise<Result>;
}

type Check = readonly [name: string, value: number, isGood: boolean];

const figure = (name: string, value: number): Check => [name, value, true];
const atMost = (name: string, value: number, most: number): Check => [name, value, value <= most];
const exactly = (name: string, value: number, expected: number): Check => [name, value, value === expected];

function result(checks: readonly Check[]): Result {
  return {
    figures: Object.fromEntries(checks.map(([name, value]) => [name, Math.round(value * 1_000) / 1_000])),
    violations: checks.flatMap(([name, value, isGood]) => (isGood ? [] : [`${name}: ${value}`])),
  };
}

/** A lab that runs for so many seconds, and what is checked then. */
interface Design extends Omit<LabOptions, "seed"> {
  readonly seconds: number;
  readonly during?: ((lab: Lab) => Promise<void>) | undefined;
  readonly checks: (lab: Lab) => readonly Check[];
}

/** @param what the lab differs in from others of as many processes */
function scenario(what: string, { checks, ...design }: Design): Scenario {
  return {
    name: `${design.processes} processes${what}`,
    run: async (seed) => result(checks(await run({ seed, ...design }))),
  };
}

async function run({ seconds, during, ...options }: LabOptions & Omit<Design, "checks">): Promise<Lab> {
  const lab = new Lab(options);
  const end = sleep(seconds * 1_000);
  await during?.(lab);
  await end;
  lab.endAll();
  return lab;
}

const startedAfter = ({ sent, firstReceivedAt = 0 }: Lab) =>
  ((sent[0]?.at ?? Number.POSITIVE_INFINITY) - firstReceivedAt) / 1_000;
const secondsOf = ({ started }: Lab, at: number) => (at - started) / 1_000;

/** What holds for a limit of requests per second: requirements 1, 4 and 5. */
function limitChecks(lab: Lab, limit: number, maxWrites = Number.POSITIVE_INFINITY): Check[] {
  const random = mulberry32(lab.options.seed + 1_000);
  // At the origin up to 20 ms later.
  const arrived = lab.sent.map(({ at }) => ({ at: at + 20 * random() })).toSorted((one, other) => one.at - other.at);
  const writes = lab.table.calls.filter(({ kind }) => kind !== "read");
  return [
    atMost("sent in a second", busiest(lab.sent, 1_000), Math.max(1, limit)),
    atMost("arrived in a second", busiest(arrived, 1_000), Math.max(1, limit) + 1),
    atMost("arrived in 10 s, of the limit", busiest(arrived, 10_000) / 10 / limit, 1.02),
    atMost("arrived in 60 s, of the limit", busiest(arrived, 60_000) / 60 / limit, 1.02),
    atMost("reservations of a process per second", busiestProcess(lab, "reservation"), 1),
    atMost("transactions of a process per second", busiestProcess(lab, "transaction"), 1),
    atMost("writes in a second", busiest(writes, 1_000), maxWrites),
    atMost("writes per second", writes.length / lab.seconds, maxWrites),
  ];
}

/** The most calls of one kind that one process starts in any second for one limit. */
function busiestProcess({ table }: Lab, kind: Call["kind"]): number {
  const calls = grouped(
    table.calls.filter((call) => call.kind === kind),
    ({ owner, limit }) => `${owner} ${limit}`,
  );
  return Math.max(0, ...[...calls.values()].map((all) => busiest(all, 950)));
}

/** Seconds after the start. */
type Period = readonly [from: number, to: number];

function used({ sent, started }: Lab, limit: number, [from, to]: Period, minShare = 0.8): Check {
  const inPeriod = sent.filter(({ at }) => at >= started + from * 1_000 && at < started + to * 1_000).length;
  const share = inPeriod / (to - from) / limit;
  return [`used from ${from} to ${to} s`, share, share >= minShare];
}

/** What else a scenario with a limit of requests per second has. */
interface Limited extends Partial<Omit<Design, "checks">> {
  /** When most of the limit must be used. @default from 15 to 75 s */
  readonly usedIn?: readonly Period[];
  /** How much of it. @default 80 % */
  readonly minShare?: number;
  readonly maxWrites?: number | undefined;
  /** Whether the first request must come within 2 s. @default true */
  readonly isPrompt?: boolean;
}

function limited(processes: number, limit: number, what: string, more: Limited): Scenario {
  const { usedIn = [[15, 75]], minShare, maxWrites, isPrompt = true, ...design } = more;
  return scenario(`, ${limit} per second${what}`, {
    processes,
    // Of six messages of 20 tasks, all may be deferred at once: 0.75 of one a second was used then.
    tasks: Math.max(1_000, limit * 120),
    limits: { requests_per_second: limit },
    seconds: 80,
    ...design,
    checks: (lab) => [
      ...limitChecks(lab, limit, maxWrites),
      ...(isPrompt ? [atMost("first request after s", startedAfter(lab), 2)] : []),
      ...usedIn.map((period) => used(lab, limit, period, minShare)),
    ],
  });
}

/** Processes × limits, without faults. */
function steady(processes: number, limit: number): Scenario {
  const maxWrites = limit === 1 ? 40 : undefined;
  return limited(processes, limit, "", { tasks: Math.max(200, limit * 120), startWithinMs: 5_000, maxWrites });
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
  const usedIn: Period[] = table.down === undefined ? [] : [[65, 105]];
  const more = { tasks: limit * 150, seconds: 110, usedIn, isPrompt: false, table };
  return limited(processes, limit, `, table ${name}`, more);
}

/** Clocks that differ: of the first process by `offset` ms, of the second by `-offset`. */
function offsets(processes: number, limit: number, offset: number): Scenario {
  return limited(processes, limit, `, clocks off by ${offset} ms`, { offsets: [offset, -offset] });
}

/**
 * Each request opens a connection, which takes as long as to a distant POP, or longer. A slot that comes before any connection is open is
 * lost: with less than one a second and process, 0.76 to 0.81 of the limit are used (five seeds).
 */
function slowConnections(processes: number, limit: number, connectMs: number): Scenario {
  const minShare = processes > limit ? 0.75 : 0.8;
  return limited(processes, limit, `, connections take ${connectMs} ms`, { connectMs, minShare });
}

/** Concurrency, with kills, stops and joins. @param table unavailable to some, for a while */
function concurrency(processes: number, limit: number, answerMs: number, table: TableFaults = {}): Scenario {
  const { down, downFor = "all" } = table;
  const outage = down === undefined ? "" : `, table unavailable for ${downFor} from ${down[0]?.join(" to ")} s`;
  const seconds = Math.max(200, (answerMs * 4) / 1_000);
  const losesSome = processes > 1 && table.downFor === undefined;
  return scenario(`, ${limit} at once, ${answerMs} ms${outage}`, {
    processes,
    seconds,
    tasks: Math.ceil((limit * seconds * 1_000) / answerMs),
    answerMs,
    limits: { concurrency: limit },
    together: answerMs > 5_000 ? 1 : 20,
    table,
    during: async (lab) => {
      const last = () => lab.sent.at(-1)?.process ?? "";
      await sleep(40_000);
      if (losesSome) lab.kill(last());
      lab.start("joined");
      await sleep(20_000);
      if (losesSome) await Promise.race([lab.stop(last()), sleep(10_000)]);
    },
    checks: (lab) => [
      atMost("most at once", lab.mostInProgress, limit),
      figure("of the permits used", lab.busyMs / 1_000 / (limit * seconds)),
      atMost("transactions of a process per second", busiestProcess(lab, "transaction"), 1),
      ["done", lab.done, lab.done > 0],
      figure("first request after s", startedAfter(lab)),
    ],
  });
}

/** An origin that refuses what is above 30 per second. */
function throttling(processes: number, options: Partial<LabOptions> = {}): Scenario {
  const { retryAfterMs, answerMs } = options;
  const retryAfter = retryAfterMs === undefined ? "" : ", Retry-After";
  const slow = answerMs === undefined ? "" : `, ${answerMs} ms`;
  return scenario(`, refused above 30 per second${retryAfter}${slow}`, {
    processes,
    tasks: 2_400,
    breaksAbove: 30,
    seconds: 240,
    ...options,
    checks: (lab) => {
      const later = lab.sent.filter(({ at }) => secondsOf(lab, at) >= 10);
      const refused = later.filter((it) => it.refused).length;
      const good = later.filter((it) => !it.refused && secondsOf(lab, it.at) < 50).length;
      return [
        atMost("refused after 10 s", refused / Math.max(1, later.length), 0.05),
        figure("good per second from 10 to 50 s", good / 40),
        exactly("not ended", lab.options.tasks - lab.done - lab.failed, 0),
        figure("ended after s", secondsOf(lab, lab.lastDoneAt)),
      ];
    },
  });
}

/** What else a scenario has in which some tasks are always refused. */
interface Beside extends Omit<Design, "isBad" | "seconds" | "checks"> {
  readonly isBad: (task: number) => boolean;
  /** @default 200 */
  readonly seconds?: number;
  /** The share of the good ones whose end counts. @default all */
  readonly share?: number;
  readonly checks: (withBad: Lab, endedAfter: number, usualAfter: number) => readonly Check[];
}

/** Runs tasks without and with those that are always refused, and compares when the good ones ended, in seconds. */
function besideBad(what: string, { isBad, seconds = 200, share = 1, checks, ...design }: Beside): Scenario {
  return {
    name: `${design.processes} processes${what}`,
    run: async (seed) => {
      const options = { seed, seconds, ...design };
      const without = await run(options);
      const withBad = await run({ ...options, isBad });
      const good = withBad.goodAt.slice(0, Math.floor(share * withBad.goodAt.length));
      const usual = secondsOf(without, without.lastDoneAt);
      const ended = secondsOf(withBad, Math.max(...good));
      return result([...checks(withBad, ended, usual), figure("without after s", usual)]);
    },
  };
}

/** One of 25 URLs is always refused at all POPs, on a slow origin; without it, the request takes some ten seconds. */
function oneBadUrl(processes: number): Scenario {
  const pops = 20 * processes;
  return besideBad(", 1 of 25 URLs refused, 1 s latency", {
    processes,
    tasks: 25 * pops,
    urlOf: (task) => ({ url: `u${task % 25}`, pop: `pop${Math.floor(task / 25)}` }),
    answerMs: 1_000,
    together: 25,
    messages: 1,
    isBad: (task) => task % 25 === 7,
    checks: ({ table, done }, ended, usual) => [
      atMost("good URLs end after, of the time without", ended / usual, 1.3),
      exactly("cuts", table.calls.filter(({ kind }) => kind === "cut").length, 0),
      exactly("done", done, 24 * pops),
    ],
  });
}

/** One POP refuses everything. It takes 1.23 to 1.31 of the time without (five seeds). */
function oneBadPop(processes: number): Scenario {
  return besideBad(", 1 of 10 POPs refuses everything", {
    processes,
    tasks: 2_000,
    answerMs: 200,
    isBad: (task) => task % 10 === 3,
    checks: ({ done }, ended, usual) => [
      atMost("good tasks end after, of the time without", ended / usual, 1.35),
      exactly("done", done, 1_800),
    ],
  });
}

/** A share of the URLs is always refused, on an origin that has no limit of its own. */
function someBadUrls(processes: number, share: number, retryAfterMs?: number): Scenario {
  const tasks = processes * 3_200;
  const every = Math.round(1 / share);
  return besideBad(`, ${share} of the URLs always refused${retryAfterMs === undefined ? "" : ", Retry-After"}`, {
    processes,
    tasks,
    retryAfterMs,
    isBad: (task) => task % every === 3,
    seconds: 150,
    share: 0.99,
    checks: ({ done }, ended, usual) => [
      atMost("99 % of the good ones after s", ended, 1.25 * usual + 12),
      exactly("good ones", done, tasks - Math.ceil((tasks - 3) / every)),
    ],
  });
}

/** Get Size and agents at the same time. */
function getSize(processes: number, limit: number): Scenario {
  return scenario(` and Get Size, ${limit} per second, 4 at once`, {
    processes,
    tasks: limit * 60,
    limits: { requests_per_second: limit, concurrency: 8 },
    probes: limit * 30,
    answerMs: 100,
    seconds: 150,
    checks: (lab) => [
      ...limitChecks(lab, limit),
      atMost("most at once", lab.mostInProgress, 8),
      exactly("probes", lab.sent.filter(({ isProbe }) => isProbe).length, limit * 30),
      exactly("done", lab.done, limit * 60),
    ],
  });
}

/** One request of two hosts: both share its limits. If one throttles, the other goes on. */
function twoHosts(processes: number, breaksAbove?: number): Scenario {
  const throttled = breaksAbove === undefined ? "" : `, one refuses above ${breaksAbove} per second`;
  return scenario(`, two hosts, 20 per second, 4 at once${throttled}`, {
    processes,
    tasks: 1_000,
    limits: { requests_per_second: 20, concurrency: 4 },
    answerMs: 100,
    hosts: 2,
    breaksAbove,
    isThrottled: (host) => host === 0,
    seconds: 300,
    checks: (lab) => {
      const other = lab.sent.findLast(({ host }) => host === 1);
      return [
        ...limitChecks(lab, 20),
        atMost("first request after s", startedAfter(lab), 2),
        atMost("most at once", lab.mostInProgress, 4),
        exactly("permits held at the end", lab.table.held, 0),
        exactly("done", lab.done, 1_000),
        figure("ended after s", secondsOf(lab, lab.lastDoneAt)),
        atMost("other host ended after s", secondsOf(lab, other?.at ?? Number.POSITIVE_INFINITY), 240),
      ];
    },
  });
}

/** An origin that refuses everything. */
function originDown(retryAfterMs?: number): Scenario {
  return scenario(`, everything refused${retryAfterMs === undefined ? "" : ", Retry-After 900"}`, {
    processes: 4,
    tasks: 4_000,
    breaksAbove: 0,
    retryAfterMs,
    seconds: 60,
    checks: (lab) => [
      atMost("requests from 5 to 60 s", lab.sent.filter(({ at }) => secondsOf(lab, at) >= 5).length, 249),
    ],
  });
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
  offsets(4, 10, 10),
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
  ...[1, 10].flatMap((offset) => [
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
