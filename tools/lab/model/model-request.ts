import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { resultShardCount } from "../../../domain/plan/task.ts";
import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { type FakeTable, type Input, inDynamoForm } from "../../local/fake-aws.ts";
import { LABEL, REQ_ID, requestItem, urlOf } from "../../local/fake-request.ts";

export interface ModelOptions {
  readonly urls: number;
  readonly pops: number;
  readonly status: "IN_PROGRESS" | "STOPPED";
  /** Every so-manieth task has no result; 0: all have. */
  readonly missingEvery: number;
}

const BYTES = 10_000;
/** Of a result as an agent writes it; DynamoDB ends a page at 1 MB of them, whatever is asked of each. */
const RESULT_BYTES = 700;
const PAGE_RESULTS = Math.floor(2 ** 20 / RESULT_BYTES);
/** Every so-manieth result is a failure. */
const FAILED_EVERY = 100;

/** One request with very many tasks. What its tables hold is made up when it is asked for: nothing of it is stored. */
export class ModelRequest {
  private readonly names: readonly string[];
  private readonly tasks: number;
  private readonly shards: number;
  private changed: Partial<Record<string, AttributeValue>> = {};

  constructor(private readonly options: ModelOptions) {
    this.names = popsOfModel(options.pops);
    this.tasks = options.urls * options.pops;
    this.shards = resultShardCount(this.tasks);
  }

  /** Of its indexes, all are empty: nothing else is active, nothing is closing. */
  readonly requests: FakeTable = {
    get: () => this.item(),
    update: ({ ExpressionAttributeNames, ExpressionAttributeValues, UpdateExpression }) => {
      const names = z.record(z.string(), z.string()).default({}).parse(ExpressionAttributeNames);
      const values = Object(ExpressionAttributeValues);
      for (const [, name = "", value = ""] of String(UpdateExpression).matchAll(/(#?\w+)\s*=\s*(:\w+)/g))
        this.changed = { ...this.changed, [names[name] ?? name]: values[value] };
    },
  };

  readonly targets: FakeTable = {
    query: () => {
      const target = { req_id: REQ_ID, label: LABEL, state: "SENT", ips: ["192.0.2.1"], expire_at: 1_900_000_000 };
      const Items = this.names.map((pop) => inDynamoForm({ ...target, pop, target: `${pop}#${LABEL}` }));
      return { Items, Count: Items.length };
    },
  };

  /** Of each shard, those tasks whose number leaves the shard's number as a rest. */
  readonly results: FakeTable = {
    query: (key, { ExclusiveStartKey }: Input) => {
      const shard = Number(key.slice(key.lastIndexOf("#") + 1));
      const Items: object[] = [];
      let at = Number(Object(Object(ExclusiveStartKey)["pop_url"])["S"] ?? 0);
      for (; Items.length < PAGE_RESULTS; at++) {
        const number = shard + at * this.shards;
        if (number >= this.tasks) return { Items, Count: Items.length };
        if (!this.isMissing(number)) Items.push(this.result(key, number));
      }
      return { Items, Count: Items.length, LastEvaluatedKey: { task_key: { S: key }, pop_url: { S: String(at) } } };
    },
  };

  /** The list of good URLs. */
  lists(): ReadonlyMap<string, string> {
    const rows = Array.from({ length: this.options.urls }, (_, i) => `${urlOf(i)},${BYTES}`);
    return new Map([[`${REQ_ID}/success_urls.csv`, `${rows.join("\n")}\n`]]);
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

  /** The request's item, as the last update left it. */
  private item(): Record<string, AttributeValue | undefined> {
    const { active, ...item } = requestItem({
      status: this.options.status,
      expire_at: 1_900_000_000,
      url_count: this.options.urls,
      pops: [...this.names],
      total_count: this.tasks,
      total_size: this.tasks * BYTES,
      shards: this.shards,
      targets_total: this.names.length,
      targets_sent: this.names.length,
      // Queued again as often as can be: what is missing now is given up.
      requeues: 2,
    });
    const whole = this.options.status === "IN_PROGRESS" ? { ...item, active } : item;
    return { ...inDynamoForm(whole), empty_seen_at: { N: "1713237113531" }, ...this.changed };
  }

  private isMissing(number: number): boolean {
    const { missingEvery } = this.options;
    return missingEvery > 0 && number % missingEvery === 0;
  }

  private result(task_key: string, number: number): object {
    const pop = this.names[number % this.names.length] ?? "";
    const url = urlOf(Math.floor(number / this.names.length));
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
