import { randomUUID } from "node:crypto";
import { putItems } from "../../aws/dynamodb.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { timingsOf } from "../../domain/request/lifecycle.ts";
import { LISTED, NEW_REQUEST_DEFAULTS, type RequestItem } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import type { ApiDeps } from "../../lambdas/api/deps.ts";
import { listRequests } from "../../lambdas/api/requests.ts";
import { fakeDeps } from "../local/fake-deps.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import type { Bench } from "./bench.ts";
import { type Findings, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

const REQUESTS = 10_000;
const PAGE = 100;

/**
 * GET /requests, page after page, of a table of many requests that have ended. The function's own processor time is what counts:
 * the emulator looks through the whole table for each query, where DynamoDB reads an index.
 */
export async function benchRequestList({ say }: Bench): Promise<Findings> {
  const prewarm = await startLocalPrewarm({ say: (line) => say(`  ${line}`) });
  try {
    await fill(prewarm);
    await walk(prewarm);
    const { listed, queries, pages } = await walk(prewarm);
    if (listed !== REQUESTS || queries !== pages.length)
      throw new Error(`${pages.length} pages had ${listed} requests, by ${queries} queries`);
    const ms = pages.toSorted((a, b) => a - b);
    const worst = ms.at(-1) ?? Number.NaN;
    return {
      title: "The list of requests",
      rows: [
        {
          what: `GET /requests?limit=${PAGE} of ${REQUESTS.toLocaleString("en")} requests: the function's CPU for the slowest of ${ms.length} pages`,
          atLeast: "100 ms",
          aim: "50 ms",
          measured: `${readable(worst)} ms`,
          verdict: verdict(worst, 100, 50, "less"),
        },
      ],
      notes: [
        `Each page was one query of the index; the median of the pages took ${readable(median(ms))} ms of processor. What the table needs to answer comes to it.`,
      ],
    };
  } finally {
    await prewarm.close();
  }
}

async function fill({ clients, deployed }: LocalPrewarm): Promise<void> {
  const table = deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
  await putItems(
    clients.db,
    table,
    Array.from({ length: REQUESTS }, (_, i) => ended(i)),
  );
}

function ended(i: number): RequestItem {
  const at = formatTimestamp(Date.now() - i * 60_000);
  return {
    ...NEW_REQUEST_DEFAULTS,
    req_id: randomUUID(),
    status: "FINISHED",
    listed: LISTED,
    created_at: at,
    last_update_time: at,
    timeout_at: at,
    expire_at: Math.floor(Date.now() / 1_000) + 86_400,
    url_count: 10,
    url_prefix: "https://www.example.com/",
    pops: ["SIN2-P1"],
    header: [],
    instance_count: 1,
    need_invalidate: false,
    header_count: 0,
    variant_names: [],
    instances_asked: 1,
    verify: "edge",
    order: "all-at-once",
    closed: true,
    announced: true,
    total_count: 10,
    download_count: 10,
  };
}

interface Walk {
  readonly listed: number;
  readonly queries: number;
  /** Milliseconds of processor time, page by page. */
  readonly pages: readonly number[];
}

async function walk({ clients, deployed }: LocalPrewarm): Promise<Walk> {
  const { db } = clients;
  let queries = 0;
  const send = (command: Parameters<typeof db.send>[0]) => {
    queries++;
    return db.send(command);
  };
  const table = deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
  const counted = new Proxy(db, { get: (it, name) => (name === "send" ? send : Reflect.get(it, name)) });
  const deps = fakeDeps<ApiDeps>({
    requests: new RequestTable(counted, table, () => undefined, { invoke: async () => undefined }),
    progress: { of: () => Promise.reject(new Error("an ended request has its counts")) },
    timings: timingsOf(),
    logger: { warn: () => undefined },
    now: Date.now,
  });
  const pages: number[] = [];
  let listed = 0;
  let next: string | null = "";
  while (next !== null) {
    const before = process.cpuUsage();
    const page = await listRequests(deps, { limit: String(PAGE), next });
    JSON.stringify(page);
    const { user, system } = process.cpuUsage(before);
    pages.push((user + system) / 1_000);
    listed += page.requests.length;
    next = page.next;
  }
  return { listed, queries, pages };
}
