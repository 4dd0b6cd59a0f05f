import type { Progress } from "../../../client/answers.ts";
import { recOf } from "../../../domain/pops/sites.ts";
import type { FailureReason } from "../../../domain/result/failure.ts";
import type { Edge } from "../../../tools/edge/edge.ts";
import type { Fault, FaultRequest } from "../../../tools/edge/faults.ts";
import type { StandInOptions } from "../../../tools/local/stand-in-edge.ts";
import { DEAD_POP, FILES, HOST, world } from "../../../tools/local/world.ts";
import { somePops } from "../../console/pop-rows.ts";

/** Twelve POPs under seven RECs, of which one has three. */
export const POPS = [
  ...["SIN2-P1", "SIN2-P2", "SIN52-C2", "BOM78-P1", "NRT57-P2", "NRT57-P3"],
  ...["FRA60-P1", "FRA56-P4", "LHR61-P3", "LHR50-P2", "IAD89-P1", "SFO5-P2"],
];
/** More than the catalogue has: the others stand at sites that it knows. */
export const MANY_POPS = somePops(400);

/** Ten files of at most a megabyte. */
const SMALL = Object.keys(FILES).slice(0, 10);
const LIVE = "/live.json";
const MISSING = "/patch/part-3.bin";
/** All of them can be warmed but for the last, which is not there. */
export const URLS = [...SMALL, LIVE, MISSING].map(urlOf);
export const UNREADABLE = urlOf(MISSING);
export const GOOD_URLS = SMALL.map(urlOf);
export const FEW_URLS = ["/index.html", "/css/site.css"].map(urlOf);

/** Every POP of the catalogue and some more, and a log of what they are asked. */
export const TROUBLED_WORLD: StandInOptions = {
  ...world,
  pops: [
    ...world.pops,
    ...MANY_POPS.filter((pop) => world.pops.every((known) => known.pop !== pop)).map((pop) => ({
      pop,
      rec: recOf(pop) ?? "none",
    })),
  ],
  logPops: true,
};

interface Wrong {
  readonly fault: Fault;
  readonly pops?: readonly string[];
  readonly paths?: readonly string[];
}

/** The first that fits counts: a body of the wrong length, too. HEADs, with which sizes are asked, always work. */
const AT_TWELVE: readonly Wrong[] = [
  { fault: { kind: "reset", after: 0 }, pops: ["LHR50-P2"] },
  { fault: { kind: "status", status: 403 }, paths: ["/js/shop.js"] },
  {
    fault: { kind: "lie", contentLengthDelta: -100 },
    pops: ["SIN2-P2"],
    paths: ["/img/hero@2x.avif", "/fonts/text.woff2"],
  },
  {
    fault: { kind: "otherPop", pop: "NRT57-P2" },
    pops: ["NRT57-P3"],
    paths: ["/css/bootstrap-icons.css", "/css/site.css"],
  },
];

/**
 * What comes of it: tasks by reason. Eleven URLs at the POP that resets. The refused object and the one that is never kept fail at
 * the other eleven POPs but one: under the REC of three, two have failed, and the third does not ask.
 */
export const FAILS_AT_TWELVE = reasons({
  connection: 11,
  http_4xx: 10,
  not_kept: 10,
  not_asked: 2,
  incomplete: 2,
  other_pop: 2,
});

const SEOUL = MANY_POPS.filter((pop) => recOf(pop) === "Seoul");
const LONDON = MANY_POPS.filter((pop) => recOf(pop) === "London").slice(0, 3);

const AT_MANY: readonly Wrong[] = [
  { fault: { kind: "status", status: 403 }, pops: SEOUL, paths: ["/css/site.css"] },
  { fault: { kind: "otherPop", pop: "ZZZ1-P1" }, pops: LONDON },
];

/** Both URLs at three POPs of London; one at all of Seoul, where two POPs ask, and the others that resolve do not. */
export const FAILS_AT_MANY = reasons({
  other_pop: LONDON.length * FEW_URLS.length,
  http_4xx: 2,
  not_asked: SEOUL.filter((pop) => pop !== DEAD_POP).length - 2,
});

/** So many answers are held each time. */
export const HELD = 3;

/** Makes things go wrong at the edge, holds some answers so that a request can be looked at while it runs, and mends it all. */
export class Trouble {
  private letGo = () => {};

  constructor(private readonly edge: Edge) {}

  atTwelve(): void {
    this.reset();
    this.edge.addObject(LIVE, { size: 3_000, headers: { "cache-control": "no-store" } });
    this.edge.addObject(MISSING, { size: 0, status: 404 });
    this.set(AT_TWELVE, [{ paths: ["/video/intro-1.ts"], pops: ["BOM78-P1", "IAD89-P1", "SFO5-P2"] }]);
  }

  atMany(): void {
    this.reset();
    this.set(AT_MANY, [
      { paths: ["/index.html"], pops: MANY_POPS.filter((pop) => recOf(pop) === "Sydney").slice(0, 3) },
    ]);
  }

  /** Nothing is wrong but that three tasks take as long as somebody looks. */
  holdThree(): void {
    this.reset();
    this.set([], [{ paths: ["/video/intro-1.ts"], pops: ["SIN2-P1", "FRA60-P1", "LHR61-P3"] }]);
  }

  /** Answers that are held come now. What is wrong stays wrong. */
  release(): void {
    this.letGo();
  }

  /** All is as it should be, as after somebody has looked into every reason. */
  mend(): void {
    this.letGo();
    this.edge.setFaults(undefined);
    this.edge.addObject(LIVE, { size: 3_000 });
    this.edge.addObject(MISSING, { size: 30_000 });
    this.edge.invalidate([LIVE, MISSING]);
  }

  private reset(): void {
    this.letGo();
    this.edge.invalidate(["/*"]);
  }

  private set(wrong: readonly Wrong[], held: readonly Omit<Wrong, "fault">[]): void {
    const until = new Promise<void>((resolve) => {
      this.letGo = resolve;
    });
    const all: readonly Wrong[] = [...held.map((it): Wrong => ({ ...it, fault: { kind: "held", until } })), ...wrong];
    this.edge.setFaults((request) => all.find((it) => fits(it, request))?.fault);
  }
}

/** How many tasks failed for each reason. URLs and POPs that never became tasks have groups of their own. */
export function taskReasons({ failures = [] }: Progress): string {
  return reasons(
    Object.fromEntries(failures.filter(({ subject }) => subject === "task").map(({ code, tasks }) => [code, tasks])),
  );
}

function reasons(counts: Readonly<Partial<Record<FailureReason, number>>>): string {
  const each = Object.entries(counts).map(([code, tasks]) => `${code} ${tasks}`);
  return each.toSorted().join(", ");
}

/** All has a result but what the edge holds. */
export function isHeld({ total_count, download_count }: Progress): boolean {
  return total_count > 0 && total_count - download_count === HELD;
}

/** What the operator warms. */
export function bodyOf(url_list: readonly string[], pops: readonly string[]): object {
  return { url_list, target_type: "pop", pops, timeout: 15, instance_count: 2 };
}

function fits({ pops, paths }: Wrong, { method, pop, path }: FaultRequest): boolean {
  return method === "GET" && (pops?.includes(pop) ?? true) && (paths?.includes(path) ?? true);
}

function urlOf(path: string): string {
  return `https://${HOST}${path}`;
}
