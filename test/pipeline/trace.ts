// What a scenario leaves behind, in a form that is the same in each run of the same code.
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { Item, Value } from "../../tools/memory-aws/expressions.ts";
import type { AwsCall } from "../../tools/memory-aws/memory-aws.ts";
import { wrongCounters, wrongDailyUse, wrongEndEvents } from "./invariants.ts";
import { type ApiAnswer, Pipeline } from "./pipeline.ts";
import type { Scenario } from "./scenarios.ts";

/** Durations depend on the machine; ids and addresses are made anew in each run. */
const VARIES = new Set([
  ...["ms", "first_byte_ms", "x_amz_cf_id", "age", "by", "worker"],
  // Measured over times that depend on how fast this machine is.
  ...["bytes_per_second", "tasks_per_second"],
]);
const TIMESTAMP = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** Asked again and again while time passes: how often says nothing of what was done. */
const UNCOUNTED_OPERATIONS = new Set(["ReceiveMessage"]);

export interface Trace {
  readonly requests: readonly object[];
  readonly messages: readonly string[];
  readonly tables: Readonly<Record<string, unknown>>;
  readonly objects: Readonly<Record<string, unknown>>;
  readonly events: unknown;
  /** By role: how often each operation was called on each resource, and with how many items or entries in all. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Runs a scenario and records what it did. */
export const record = (scenario: Scenario): Promise<Trace> =>
  runScenario(scenario, {
    whenClosed: async (pipeline, reqId, started) => {
      const progress = await pipeline.api("GET", `prewarm?req_id=${reqId}&detail=pops`);
      return { started, progress, summary: await pipeline.api("GET", `summary?req_id=${reqId}`) };
    },
    atEnd: traceOf,
  });

interface ScenarioRun<Ended, Result> {
  /** Whether a call fails or a process dies. @default false */
  readonly isDisturbed?: boolean;
  readonly prepare?: (pipeline: Pipeline) => void;
  /** Starts a request. @default by one call */
  readonly post?: (pipeline: Pipeline, body: object, round: number) => Promise<ApiAnswer>;
  readonly whenClosed: (pipeline: Pipeline, reqId: string, started: ApiAnswer) => Promise<Ended>;
  readonly atEnd: (pipeline: Pipeline, ended: readonly Ended[]) => Result | Promise<Result>;
}

/** Runs the requests of a scenario, one after the other. @throws Error if a counter or an event is wrong in the end */
export async function runScenario<Ended, Result>(
  scenario: Scenario,
  {
    isDisturbed = false,
    prepare,
    post = (pipeline, body) => pipeline.api("POST", "prewarm", body),
    whenClosed,
    atEnd,
  }: ScenarioRun<Ended, Result>,
): Promise<Result> {
  const pipeline = await Pipeline.start(scenario.options);
  try {
    prepare?.(pipeline);
    for (const [path, object] of Object.entries(scenario.site)) pipeline.edge.addObject(path, object);
    const ended: Ended[] = [];
    const reqIds: string[] = [];
    for (const [round, body] of scenario.bodies.entries()) {
      pipeline.edge.setFaults(scenario.faults?.(round));
      const started = await post(pipeline, body(reqIds.at(-1) ?? ""), round);
      if (started.status !== 200) throw new Error(`POST /prewarm: ${started.status} ${JSON.stringify(started.json)}`);
      const reqId = String(started.json["request_id"]);
      reqIds.push(reqId);
      const during = scenario.during?.(pipeline, reqId);
      await pipeline.untilClosed(reqId);
      await during;
      ended.push(await whenClosed(pipeline, reqId, started));
    }
    const result = await atEnd(pipeline, ended);
    const wrong = reqIds.flatMap((id) => [
      ...wrongCounters(pipeline, id),
      ...wrongEndEvents(pipeline, id, isDisturbed),
    ]);
    wrong.push(...wrongDailyUse(pipeline));
    if (wrong.length > 0) throw new Error(wrong.join("; "));
    if (pipeline.aws.faults.length > 0) throw new AggregateError(pipeline.aws.faults, "the AWS APIs in memory failed");
    return result;
  } finally {
    await pipeline.close();
  }
}

function traceOf(pipeline: Pipeline, requests: readonly { readonly started: ApiAnswer }[]): Trace {
  const { aws, deployment } = pipeline;
  const normalised = new Normaliser(
    requests.map(({ started }) => started.json["request_id"]),
    pipeline.startedAt,
  );
  const tables = deployment.tables.map(({ name }) => [
    shortName(name),
    sorted(aws.dynamoDb.items(name).map((item) => normalised.value(plainItem(item)))),
  ]);
  const objects = [...aws.s3.objects].map(([name, bytes]) => [
    normalised.text(name),
    normalised.value(rowsOf(name, bytes)),
  ]);
  return {
    requests: requests.map((request) => normalised.value(request)) as object[],
    messages: sorted(
      aws.sqs.sent.map(
        ({ queue, body, delaySeconds, attributes }) =>
          `${shortName(queue)} ${normalised.text(JSON.stringify(normalised.value(JSON.parse(body))))}` +
          (delaySeconds > 0 ? ` after ${delaySeconds} s` : "") +
          (Object.keys(attributes).length > 0 ? ` with ${normalised.text(JSON.stringify(attributes))}` : ""),
      ),
    ),
    tables: Object.fromEntries(tables),
    objects: Object.fromEntries(objects.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))),
    events: normalised.value(aws.events),
    calls: callsOf(pipeline, normalised),
  };
}

function callsOf({ aws, roles }: Pipeline, normalised: Normaliser): Trace["calls"] {
  const counts = new Map<string, Map<string, { calls: number; entries: number }>>();
  for (const call of aws.calls) {
    if (UNCOUNTED_OPERATIONS.has(call.operation)) continue;
    const role = roles.get(call.caller) ?? call.caller;
    const ofRole = counts.get(role) ?? new Map<string, { calls: number; entries: number }>();
    counts.set(role, ofRole);
    const name = normalised.text(nameOf(call));
    const { calls, entries } = ofRole.get(name) ?? { calls: 0, entries: 0 };
    ofRole.set(name, { calls: calls + 1, entries: entries + call.entries });
  }
  const words = ({ calls, entries }: { calls: number; entries: number }) =>
    calls === entries ? `${calls}` : `${calls} with ${entries} entries`;
  return Object.fromEntries(
    [...counts]
      .sort()
      .map(([role, ofRole]) => [
        role,
        Object.fromEntries(
          [...ofRole].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [name, words(count)]),
        ),
      ]),
  );
}

function nameOf({ service, operation, resource, detail }: AwsCall): string {
  const name = `${service} ${operation} ${resource.split("+").map(shortName).join("+")}`.trimEnd();
  // Which POPs a shard counts, and how many were counted at once, is in the items.
  return detail === "" ? name : `${name} ${detail}`;
}

/** `RequestTask`, from `PrewarmStorageRequestTask71CF4D58`. */
function shortName(id: string): string {
  return id.replace(/^Prewarm(Storage|TaskQueue|Pipeline)?/, "").replace(/[0-9A-F]{8}$/, "");
}

/** A list as it stands; the rows of a report in order, without what varies. */
export function rowsOf(name: string, bytes: Buffer): unknown {
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  if (!/\.csv(\.gz)?$/.test(name)) return text;
  const [header = [], ...rows] = parse(text, { relax_column_count: true }) as string[][];
  if (!header.includes("pop")) return [header, ...rows].map((row) => row.join());
  const cells = (row: readonly string[]) =>
    row.map((cell, n) => (VARIES.has(header[n] ?? "") && cell !== "" ? "<varies>" : cell));
  return [header.join(), ...rows.map((row) => cells(row).join()).sort()];
}

/** An item without DynamoDB's types. */
export function plainItem(item: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

/** What a value is without DynamoDB's types. */
function plainValue(value: Value): unknown {
  const [[type, content] = ["NULL", true]] = Object.entries(value);
  if (type === "N") return Number(content);
  if (type === "M") return plainItem(content as Item);
  if (type === "L") return (content as Value[]).map(plainValue);
  if (type === "SS" || type === "NS") return new Set(content as string[]);
  return content;
}

export const sorted = <T>(values: readonly T[]): T[] =>
  [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

export class Normaliser {
  private readonly ids: readonly string[];

  /** @param startedAt when the pipeline started, in milliseconds since the epoch: on the hour */
  constructor(
    ids: readonly unknown[],
    private readonly startedAt: number,
  ) {
    this.ids = ids.map(String);
  }

  text(text: string): string {
    let result = text;
    for (const [n, id] of this.ids.entries()) result = result.replaceAll(id, `<request-${n + 1}>`);
    return result
      .replace(TIMESTAMP, "<time>")
      .replace(/^day \d{4}-\d\d-\d\d$/, "day <date>")
      .replace(UUID, "<uuid>")
      .replace(/(127\.77\.\d+\.\d+):\d+/g, "$1:<port>")
      .replace(/http:\/\/127\.0\.0\.1:\d+([^"\s?]*)\?[^"\s]*/g, "<presigned>$1");
  }

  /** A time to live, in hours after the start; any other time lies close to the start. Undefined for what is no time. */
  private time(value: number): string | undefined {
    if (value < 1.6e9 || value > 2e13) return undefined;
    const ms = (value < 1e11 ? value * 1_000 : value) - this.startedAt;
    const hours = Math.floor(ms / 3_600_000);
    return hours < 1 ? "<time>" : `<time: ${hours} h later>`;
  }

  /** Objects with their keys in order. */
  value(value: unknown, key = ""): unknown {
    if (VARIES.has(key)) return value === undefined || value === null ? value : "<varies>";
    // The part of an item that is kept for each minute.
    if (typeof value === "string" && /^\d{8}$/.test(value))
      return `<minute ${Number(value) - this.startedAt / 60_000}>`;
    if (typeof value === "string") return this.text(value);
    // Seconds or milliseconds since the epoch.
    if (typeof value === "number") return this.time(value) ?? value;
    if (value instanceof Set) return [...value].map((one) => this.value(one)).sort();
    // A string set: its order follows from ids that are random.
    if (Array.isArray(value) && key === "holders") return sorted(value.map((one) => this.value(one)));
    if (Array.isArray(value)) return value.map((one) => this.value(one));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([name, one]) => [this.text(name), this.value(one, name)]));
  }
}
