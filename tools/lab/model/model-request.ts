import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { resultShardCount } from "../../../domain/plan/task.ts";
import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { ACTIVE, LISTED, NEW_REQUEST_DEFAULTS, type RequestItem } from "../../../domain/request/request-item.ts";
import { inDynamoForm } from "../../local/fake-aws.ts";
import { HOST } from "../../local/world.ts";

const optionsSchema = z.object({
  MODEL_URLS: z.coerce.number().int().positive(),
  MODEL_POPS: z.coerce.number().int().positive(),
  /** Every so-manieth task has no result; 0: all have. */
  MODEL_MISSING: z.coerce.number().int().nonnegative(),
  MODEL_MESSAGES: z.coerce.number().int().nonnegative(),
  MODEL_STATUS: z.enum(["IN_PROGRESS", "STOPPED"]),
});

export type ModelOptions = ReturnType<typeof readModelOptions>;

/** @throws ZodError that names what is missing */
export function readModelOptions(env: NodeJS.ProcessEnv) {
  const { MODEL_URLS, MODEL_POPS, MODEL_MISSING, MODEL_MESSAGES, MODEL_STATUS } = optionsSchema.parse(env);
  return {
    urls: MODEL_URLS,
    pops: MODEL_POPS,
    missingEvery: MODEL_MISSING,
    messages: MODEL_MESSAGES,
    status: MODEL_STATUS,
  };
}

export const MODEL_REQ_ID = "684153cc-2f5b-4c7e-9d0a-6f1f3c1b2a90";
const LABEL = "d111111abcdef8";
const BYTES = 10_000;
/** Of a result as an agent writes it; DynamoDB ends a page at 1 MB of them, whatever is asked of each. */
const RESULT_BYTES = 700;
const PAGE_RESULTS = Math.floor(2 ** 20 / RESULT_BYTES);
/** Every so-manieth result is a failure. */
const FAILED_EVERY = 100;
const LONG_AGO = "2024-04-16 03:11:53.531000";

/** One request with very many tasks. What its tables hold is made up when it is asked for: nothing of it is stored. */
export class ModelRequest {
  readonly reqId = MODEL_REQ_ID;
  private readonly names: readonly string[];
  private readonly tasks: number;
  private readonly shards: number;
  private changed: Partial<Record<string, AttributeValue>> = {};

  constructor(private readonly options: ModelOptions) {
    this.names = popsOfModel(options.pops);
    this.tasks = options.urls * options.pops;
    this.shards = resultShardCount(this.tasks);
  }

  /** The request's item, as the last update left it. */
  item(): Record<string, AttributeValue | undefined> {
    const { urls, status } = this.options;
    const item: RequestItem = {
      req_id: this.reqId,
      status,
      created_at: LONG_AGO,
      last_update_time: LONG_AGO,
      timeout_at: "2999-01-01 00:00:00.000000",
      expire_at: 1_900_000_000,
      url_count: urls,
      cf_domain: HOST,
      pops: [...this.names],
      header: [],
      instance_count: 4,
      need_invalidate: false,
      header_count: 0,
      variant_names: [],
      instances_asked: 4,
      verify: "edge",
      order: "all-at-once",
      listed: LISTED,
      ...(status === "IN_PROGRESS" ? { active: ACTIVE } : {}),
      ...NEW_REQUEST_DEFAULTS,
      total_count: this.tasks,
      total_size: this.tasks * BYTES,
      shards: this.shards,
      distributions: [{ label: LABEL, domain: HOST, id: "E1", names: [HOST] }],
      targets_total: this.names.length,
      targets_sent: this.names.length,
      // Queued again as often as can be: what is missing now is given up.
      requeues: 2,
    };
    return { ...inDynamoForm(item), empty_seen_at: { N: "1713237113531" }, ...this.changed };
  }

  /** Takes over what an update of the item sets. */
  update(input: Readonly<Record<string, unknown>>): void {
    const names = z.record(z.string(), z.string()).default({}).parse(input["ExpressionAttributeNames"]);
    const values = Object(input["ExpressionAttributeValues"]);
    for (const [, name = "", value = ""] of String(input["UpdateExpression"]).matchAll(/(#?\w+)\s*=\s*(:\w+)/g)) {
      this.changed = { ...this.changed, [names[name] ?? name]: values[value] };
    }
  }

  targets(): object {
    const Items = this.names.map((pop) =>
      inDynamoForm({
        req_id: this.reqId,
        target: `${pop}#${LABEL}`,
        pop,
        label: LABEL,
        state: "SENT",
        ips: ["192.0.2.1"],
        expire_at: 1_900_000_000,
      }),
    );
    return { Items, Count: Items.length };
  }

  /** The list of good URLs. */
  lists(): ReadonlyMap<string, string> {
    const rows = Array.from({ length: this.options.urls }, (_, i) => `${urlOfModel(i)},${BYTES}`);
    return new Map([[`${this.reqId}/success_urls.csv`, `${rows.join("\n")}\n`]]);
  }

  /** Results of one shard, from a position on: those tasks whose number leaves the shard's number as a rest. */
  resultPage(key: string, position: number): object {
    const shard = Number(key.slice(key.lastIndexOf("#") + 1));
    const Items: object[] = [];
    let at = position;
    for (; Items.length < PAGE_RESULTS; at++) {
      const number = shard + at * this.shards;
      if (number >= this.tasks) return { Items, Count: Items.length };
      if (!this.isMissing(number)) Items.push(this.result(key, number));
    }
    return { Items, Count: Items.length, LastEvaluatedKey: { task_key: { S: key }, pop_url: { S: String(at) } } };
  }

  state() {
    const { status, download_count, failed_count } = this.item();
    return {
      status: status?.S ?? "",
      closed: this.changed["closed"]?.BOOL ?? false,
      downloadCount: Number(download_count?.N ?? 0),
      failedCount: Number(failed_count?.N ?? 0),
    };
  }

  private isMissing(number: number): boolean {
    const { missingEvery } = this.options;
    return missingEvery > 0 && number % missingEvery === 0;
  }

  private result(task_key: string, number: number): object {
    const pop = this.names[number % this.names.length] ?? "";
    const url = urlOfModel(Math.floor(number / this.names.length));
    const ok = number % FAILED_EVERY !== 1;
    return {
      task_key: { S: task_key },
      pop_url: { S: `${pop}#${url}` },
      pop: { S: pop },
      url: { S: url },
      ok: { BOOL: ok },
      bytes: { N: String(ok ? BYTES : 0) },
      attempts: { N: ok ? "1" : "3" },
      http_status: { N: ok ? "200" : "503" },
      x_amz_cf_pop: { S: pop },
      x_amz_cf_id: { S: "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==" },
      ...(ok ? {} : { error: { S: "503 Service Unavailable" } }),
    };
  }
}

/** POPs of the catalogue, and beyond those such as CloudFront may have next year. */
export function popsOfModel(count: number): string[] {
  return Array.from({ length: count }, (_, i) => POP_CODES[i]?.pop ?? `ZZZ${i}-P1`);
}

export function urlOfModel(i: number): string {
  return `https://${HOST}/assets/images/products/${String(i).padStart(6, "0")}.webp`;
}
