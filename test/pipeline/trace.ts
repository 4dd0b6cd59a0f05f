// What a scenario leaves behind, in a form that is the same in each run of the same code.
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { Item, Value } from "../../tools/memory-aws/expressions.ts";
import type { AwsCall } from "../../tools/memory-aws/memory-aws.ts";
import { leftMessages, wrongCounters, wrongDailyUse, wrongEndEvents } from "./invariants.ts";
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
/** Sentences, whose wording is no behaviour, and the number of POPs that the catalogue knows. */
const NOT_RECORDED = new Set(["sentence", "title", "means", "next", "viewers", "footnote", "error_message", "known"]);

/** Runs a scenario. @returns what it did, one line for each message, item, row, event and kind of call */
export const record = (scenario: Scenario): Promise<readonly string[]> =>
  runScenario(scenario, {
    whenClosed: async (pipeline, reqId, started) => {
      const progress = await pipeline.api("GET", `prewarm?req_id=${reqId}&detail=pops`);
      return { started, progress, summary: await pipeline.api("GET", `summary?req_id=${reqId}`) };
    },
    atEnd: linesOf,
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
      await pipeline.untilClosed(reqId, scenario.closedWithinMs);
      await during;
      ended.push(await whenClosed(pipeline, reqId, started));
    }
    const result = await atEnd(pipeline, ended);
    const wrong = reqIds.flatMap((id) => [
      ...wrongCounters(pipeline, id),
      ...wrongEndEvents(pipeline, id, isDisturbed),
    ]);
    wrong.push(...wrongDailyUse(pipeline), ...leftMessages(pipeline, reqIds));
    if (wrong.length > 0) throw new Error(wrong.join("; "));
    if (pipeline.aws.faults.length > 0) throw new AggregateError(pipeline.aws.faults, "the AWS APIs in memory failed");
    return result;
  } finally {
    await pipeline.close();
  }
}

function linesOf(pipeline: Pipeline, requests: readonly Readonly<Record<string, ApiAnswer>>[]): readonly string[] {
  const { aws, deployment } = pipeline;
  const normalised = new Normaliser(
    requests.map(({ started }) => started?.json["request_id"]),
    pipeline.startedAt,
  );
  const json = (value: unknown) => JSON.stringify(normalised.value(withoutTexts(value)));
  const ofRequest = (answers: Readonly<Record<string, ApiAnswer>>, n: number) =>
    Object.entries(answers).flatMap(([name, { status, json: answer }]) => {
      const { pops = [], ...rest } = answer;
      const lines = [rest, ...(pops as unknown[])].map(json);
      return lines.map((line) => `request ${n + 1} ${name} ${status} ${line}`);
    });
  const messages = aws.sqs.sent.map(({ queue, body, delaySeconds, attributes }) => {
    const delay = delaySeconds > 0 ? ` after ${delaySeconds} s` : "";
    const given = Object.keys(attributes).length > 0 ? ` with ${json(attributes)}` : "";
    return `message ${shortName(queue)} ${json(JSON.parse(body))}${delay}${given}`;
  });
  const items = deployment.tables.flatMap(({ name }) =>
    sorted(aws.dynamoDb.items(name).map((item) => `item ${shortName(name)} ${json(plainItem(item))}`)),
  );
  const rows = [...aws.s3.objects].flatMap(([name, bytes]) =>
    rowsOf(name, bytes).map((row) => normalised.text(`row ${name.slice(name.indexOf("/") + 1)} ${row}`.trimEnd())),
  );
  return [
    ...requests.flatMap(ofRequest),
    ...sorted(messages),
    ...items,
    // Those of an object are in order already.
    ...rows.toSorted(byObject),
    ...aws.events.map((event) => `event ${json(event)}`),
    ...callsOf(pipeline, normalised),
  ];
}

const byObject = (one: string, other: string) => {
  const [a = "", b = ""] = [one, other].map((row) => row.split(" ")[1]);
  return a < b ? -1 : Number(a > b);
};

/** The code of an error: `NOT_ASKED` of `NOT_ASKED: Skipped: …`. */
const codeOf = (error: string) => error.replace(/:.*$/s, "");

/** A value without what is not recorded, and with the codes of errors. */
function withoutTexts(value: unknown, key = ""): unknown {
  if (key === "error" && typeof value === "string") return codeOf(value);
  if (key === "Detail") return withoutTexts(JSON.parse(String(value)));
  if (Array.isArray(value)) return value.map((one) => withoutTexts(one));
  if (typeof value !== "object" || value === null || value instanceof Set) return value;
  const entries = Object.entries(value).filter(([name]) => !NOT_RECORDED.has(name));
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutTexts(one, name)]));
}

/** How often each role called each operation on each resource, and with how many items or entries in all. */
function callsOf({ aws, roles }: Pipeline, normalised: Normaliser): readonly string[] {
  const counts = new Map<string, { calls: number; entries: number }>();
  for (const call of aws.calls) {
    if (UNCOUNTED_OPERATIONS.has(call.operation)) continue;
    const name = `call ${roles.get(call.caller) ?? call.caller} ${normalised.text(nameOf(call))}`;
    const { calls, entries } = counts.get(name) ?? { calls: 0, entries: 0 };
    counts.set(name, { calls: calls + 1, entries: entries + call.entries });
  }
  const lines = [...counts].map(
    ([name, { calls, entries }]) => `${name}: ${calls}${calls === entries ? "" : ` with ${entries} entries`}`,
  );
  return lines.toSorted();
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

/** Rows without what varies and with the codes of errors, those of a report in order; none: one empty row. */
function rowsOf(name: string, bytes: Buffer): readonly string[] {
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  if (!/\.csv(\.gz)?$/.test(name)) return text.trimEnd().split("\n");
  const [header = [], ...rows] = (parse(text, { relax_column_count: true }) as string[][]).map((row) =>
    // A list holds examples of failures.
    row.map((cell) => (cell.startsWith("[{") ? JSON.stringify(withoutTexts(JSON.parse(cell))) : cell)),
  );
  if (header.length === 0) return [""];
  const cells = (row: readonly string[]) =>
    row.map((cell, n) => {
      if (header[n] === "error") return codeOf(cell);
      return VARIES.has(header[n] ?? "") && cell !== "" ? "<varies>" : cell;
    });
  const written = rows.map((row) => cells(row).join());
  return [header.join(), ...(header.includes("pop") ? written.toSorted() : written)];
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
