// Requests whose way through the pipeline is recorded: each shows another part of it.
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, FaultHook } from "../../tools/edge/faults.ts";
import type { SiteObject } from "../../tools/edge/site.ts";
import { DEAD_POP, EDGE, FRANKFURT, HOST, type Pipeline, type PipelineOptions, SINGAPORE, TOKYO } from "./pipeline.ts";

export interface Scenario {
  readonly name: string;
  /** What the origin has. */
  readonly site: Readonly<Record<string, SiteObject>>;
  readonly options?: PipelineOptions;
  /** In how much time of the clock each request must be closed. @default three hours */
  readonly closedWithinMs?: number;
  /** What goes wrong at the edge while the request of each body runs. */
  readonly faults?: (round: number) => FaultHook | undefined;
  /** Bodies of POST /prewarm in turn: each starts when the request before it is closed, whose id it is given. */
  readonly bodies: readonly ((previousId: string) => Readonly<Record<string, unknown>>)[];
  /** What happens while a request runs. */
  readonly during?: (pipeline: Pipeline, reqId: string) => Promise<void>;
}

const DIFFERENT_SIZES = [1_001, 2_003, 4_007, 8_009, 16_001];

/** Objects of different sizes. */
export function files(folder: string, count: number): Record<string, SiteObject> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `/${folder}/${n}.bin`,
      { size: (DIFFERENT_SIZES[n % DIFFERENT_SIZES.length] ?? 1) + n },
    ]),
  );
}

export const urlsOf = (site: Readonly<Record<string, SiteObject>>, host = HOST) =>
  Object.keys(site).map((path) => `https://${host}${path}`);

const POPS = [...TOKYO, ...FRANKFURT, ...SINGAPORE];

/** A body of POST /prewarm, with a scenario's changes. */
export function body(
  site: Scenario["site"],
  changes: Readonly<Record<string, unknown>> = {},
): Scenario["bodies"][number] {
  return () => ({
    url_list: urlsOf(site),
    cf_domain: HOST,
    pops: POPS,
    timeout: 30,
    instance_count: 1,
    ...changes,
  });
}

/** A fault of the GETs of some paths. */
export const failGet = (path: RegExp, fault: Fault, pops: readonly string[] = POPS): FaultHook => {
  return ({ method, path: asked, pop }) =>
    method === "GET" && path.test(asked) && pops.includes(pop) ? fault : undefined;
};

export function text(content: string): SiteObject {
  const bytes = Buffer.from(content);
  return { size: bytes.length, body: bytes };
}

/** POPs of the edge; the last of Tokyo's asks another REC. */
const MISPLACED = (EDGE.pops ?? []).map((it) => (it.pop === TOKYO.at(-1) ? { ...it, rec: "elsewhere" } : it));

const pops = files("pops", 7);
const countries = files("countries", 2);
const variants = files("variants", 3);
const leads = files("leads", 4);
const limits = files("limits", 5);
const regional = files("regional", 3);
const sources = files("sources", 4);
const retried = files("retried", 6);
const stopped = files("stopped", 3);
const overdue = files("overdue", 3);
const mixed = files("mixed", 10);
/** More than an agent downloads at once of one POP. */
const interrupted = files("interrupted", 40);
const large = files("large", 2);
/** Larger than any request of the express queue. */
const LARGE_BYTES = 300 * 2 ** 20;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "pops",
    site: pops,
    bodies: [body(pops, { pops: [...POPS, DEAD_POP], need_invalidate: true, client_token: "once" })],
  },
  {
    name: "countries",
    site: countries,
    bodies: [body(countries, { pops: [], target_type: "country", countries: ["new_zealand"] })],
  },
  {
    name: "variants",
    site: variants,
    bodies: [
      body(variants, {
        header: ["X-Site: shop"],
        variants: [
          { name: "gzip", header: ["Accept-Encoding: gzip"] },
          { name: "brotli", header: ["Accept-Encoding: br"] },
        ],
      }),
    ],
  },
  {
    name: "leads-with-a-failing-lead",
    site: leads,
    options: { edge: { closedPops: TOKYO.slice(1, 2) } },
    faults: () => failGet(/^\/leads\/[01]/, { kind: "status", status: 404 }, FRANKFURT),
    bodies: [body(leads)],
  },
  {
    name: "limits",
    site: limits,
    bodies: [body(limits, { origin: { requests_per_second: 5, concurrency: 2 } })],
  },
  {
    name: "regional",
    site: regional,
    // A POP of which the catalogue names another REC.
    options: { edge: { pops: MISPLACED } },
    bodies: [body(regional, { scope: "regional", pops: [...TOKYO, ...FRANKFURT] })],
  },
  {
    name: "sources",
    site: {
      ...sources,
      "/list.txt": text(`${urlsOf(sources).join("\n")}\nhttps://elsewhere.example.net/x\n# a comment\n`),
      "/sitemap.xml": text(
        `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urlsOf(files("sources", 6))
          .map((url) => `<url><loc>${url}</loc></url>`)
          .join("")}</urlset>`,
      ),
      ...files("sources", 6),
    },
    bodies: [
      body(sources, {
        url_list: [`https://${HOST}/sources/0.bin`],
        sources: [
          { type: "list", url: `https://${HOST}/list.txt` },
          { type: "sitemap", url: `https://${HOST}/sitemap.xml` },
        ],
      }),
    ],
  },
  {
    name: "retry",
    site: retried,
    faults: (round) => (round === 0 ? failGet(/[24]\.bin$/, { kind: "status", status: 403 }, SINGAPORE) : undefined),
    bodies: [body(retried), (previousId) => ({ timeout: 30, instance_count: 1, retry_of: previousId })],
  },
  {
    name: "stop",
    site: stopped,
    faults: () => failGet(/0\.bin$/, { kind: "stall", after: 100 }),
    bodies: [body(stopped)],
    during: async (pipeline, reqId) => {
      await pipeline.untilInProgress(reqId);
      await sleep(20_000);
      await pipeline.api("POST", "instances", { DesiredCapacity: 0, req_id: reqId, force_stop: true });
    },
  },
  {
    name: "interrupted",
    site: interrupted,
    faults: () => failGet(/bin$/, { kind: "slow", ms: 10_000 }, SINGAPORE),
    bodies: [body(interrupted, { pops: SINGAPORE })],
    // While the first downloads run and the others wait in the agent for one of them to end. A second later it would allow more.
    during: async (pipeline) => {
      while (!pipeline.messages("TaskQueueExpress").some(({ receives }) => receives > 0)) await sleep(100);
      await sleep(300);
      pipeline.aws.autoScaling.interrupt();
    },
  },
  {
    name: "bulk-queue",
    // Large to the probe of sizes, and quickly downloaded.
    site: { ...large, "/large/video.bin": { size: 5_003, probedSize: LARGE_BYTES } },
    bodies: [body({ ...large, "/large/video.bin": { size: LARGE_BYTES } }, { pops: SINGAPORE })],
  },
  {
    name: "timeout",
    site: overdue,
    faults: () => failGet(/1\.bin$/, { kind: "stall", after: 100 }),
    bodies: [body(overdue, { timeout: 1 })],
  },
  {
    name: "failures",
    site: {
      ...mixed,
      "/mixed/not-kept.bin": { size: 3_001, headers: { "cache-control": "no-store" } },
      "/mixed/gone.bin": { size: 12, status: 404 },
    },
    faults: () => (request) => {
      if (request.method !== "GET") return undefined;
      const number = /^\/mixed\/(\d)/.exec(request.path)?.[1];
      if (number === "0") return { kind: "status", status: 503, headers: { "retry-after": "1" } };
      if (number === "1") return { kind: "truncate", after: 500 };
      if (number === "2") return { kind: "otherPop", pop: "LHR50-P2" };
      if (number === "3") return { kind: "lie", contentLengthDelta: 7 };
      if (number === "4") return { kind: "headers", headers: { location: "http://169.254.169.254/" } };
      if (number === "5") return { kind: "reset", after: 0 };
      if (number === "8") return { kind: "status", status: 202, headers: { "x-amzn-waf-action": "challenge" } };
      if (number === "9") return { kind: "status", status: 202 };
      return undefined;
    },
    bodies: [
      body(
        { ...mixed, "/mixed/not-kept.bin": { size: 1 }, "/mixed/gone.bin": { size: 1 } },
        { pops: [...FRANKFURT, ...SINGAPORE], cf_domain: undefined },
      ),
    ],
  },
];
