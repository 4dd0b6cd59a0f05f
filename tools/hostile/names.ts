import { channel } from "node:diagnostics_channel";
import * as z from "zod";
import { Dns } from "../../aws/dns.ts";
import { MemoryPermitStore } from "../../domain/origin/permit-store.ts";
import type { ReadableList } from "../../domain/plan/lists.ts";
import { resolveTargets } from "../../domain/plan/resolve-targets.ts";
import { DEFAULT_CAPS } from "../../domain/request/caps.ts";
import { attributesOf, EVENTS, timingsOf } from "../../domain/request/lifecycle.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { GetSizeDeps } from "../../lambdas/get-size/deps.ts";
import { createHandler } from "../../lambdas/get-size/handler.ts";
import type { LabPart, LabRow } from "../lab/part.ts";
import { fakeDeps } from "../local/fake-deps.ts";
import { CLOUDFRONT_ADDRESS, HOSTILE_NAMES, type HostileName } from "./hostile-names.ts";
import { startLyingDns } from "./lying-dns.ts";

const POPS = ["SIN2-P1", "FRA56-P4"];
/** What Get Size keeps back of its time, and a second to ask in. */
const REMAINING_MS = 121_000;
const silent = { info() {}, warn() {}, error() {} };

/** What became of one name. */
interface Outcome {
  readonly refusedAtOnce: boolean;
  readonly status: string;
  /** Addresses that somebody was about to connect to. */
  readonly connects: readonly string[];
  /** Addresses that agents would have been sent to. */
  readonly targets: readonly string[];
}

/**
 * 200 addresses and names, from the body to the look-ups and the size probe: none leads to a
 * connection inside, or to a server that is not CloudFront's.
 */
export const names: LabPart = {
  name: "names",
  async run(say, { scale }): Promise<LabRow[]> {
    const dns = await startLyingDns();
    const chosen = HOSTILE_NAMES.filter((_, i) => scale >= 1 || i % Math.round(1 / scale) === 0);
    const seen = { refused: 0, failed: 0, connects: 0 };
    const wrong: string[] = [];
    try {
      for (const name of chosen) {
        dns.says = name.dns;
        const outcome = await tryName(name, dns.address);
        if (outcome.refusedAtOnce) seen.refused++;
        else if (outcome.status === "FAILED") seen.failed++;
        seen.connects += outcome.connects.length;
        const bad = [...outcome.connects, ...outcome.targets].filter((it) => it !== CLOUDFRONT_ADDRESS);
        if (bad.length > 0) wrong.push(`${name.what}: ${name.url} ${name.cfDomain ?? ""} led to ${bad.join(", ")}`);
      }
    } finally {
      dns.close();
    }
    for (const line of wrong) say(`  WRONG ${line}`);
    const saw = `${seen.refused} refused with 400, ${seen.failed} FAILED, ${seen.connects} connections, to the one address of CloudFront`;
    return [{ what: "hostile addresses and names", tried: chosen.length, wrong: wrong.length, saw }];
  },
};

const connectingSchema = z.object({ connectParams: z.object({ hostname: z.string(), port: z.string() }) });

async function tryName(name: HostileName, server: string): Promise<Outcome> {
  const connects: string[] = [];
  const note = (message: unknown) => {
    connects.push(connectingSchema.parse(message).connectParams.hostname);
  };
  const connecting = channel("undici:client:beforeConnect");
  connecting.subscribe(note);
  try {
    const item = accepted(name);
    if (item === undefined) return { refusedAtOnce: true, status: "", connects, targets: [] };
    const dns = new Dns({ servers: [server] });
    const after = await getSize(item, name.url, dns);
    const targets = await resolveTargets(dns, after);
    return { refusedAtOnce: false, status: after.status, connects, targets: targets.flatMap(({ ips }) => ips) };
  } finally {
    connecting.unsubscribe(note);
  }
}

/** The item that the API makes of it; undefined when it answers 400. */
function accepted({ url, cfDomain }: HostileName): RequestItem | undefined {
  const body = { url_list: [url], cf_domain: cfDomain, pops: POPS, timeout: 60, instance_count: 0 };
  try {
    const rules = { reqId: "lab", now: Date.now(), caps: DEFAULT_CAPS };
    return checkPrewarmRequest(body, rules).item;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Runs Get Size for a request of one URL. @returns the item as it is then */
async function getSize(first: RequestItem, url: string, dns: Dns): Promise<RequestItem> {
  let item = first;
  async function* read<T>(list: ReadableList<T>) {
    yield list.fromRow([new URL(url.trim()).href]);
  }
  const change = async (status: RequestItem["status"], fields: Partial<RequestItem> = {}) => {
    item = { ...item, ...fields, status };
    return true;
  };
  const deps = fakeDeps<GetSizeDeps>({
    requests: {
      get: async () => item,
      advance: (_id, event, fields) => change(attributesOf(EVENTS[event].to).status, fields),
      end: (_id, event, fields) => change(EVENTS[event].to, fields),
    },
    lists: { read, write: async () => undefined },
    requestPops: { of: async () => [] },
    distributions: { own: async () => [] },
    dns,
    ports: { httpsPort: 443, httpPort: 80 },
    expandFunction: { invoke: async () => undefined },
    errorCachingMs: 0,
    progress: { writeHeartbeat: async () => undefined },
    permits: () => new MemoryPermitStore(),
    timings: timingsOf(),
    now: Date.now,
    allowed: ["*"],
    logger: silent,
  });
  const event = { Records: [{ dynamodb: { Keys: { req_id: { S: item.req_id } } } }] };
  await createHandler(deps)(event, { getRemainingTimeInMillis: () => REMAINING_MS });
  return item;
}
