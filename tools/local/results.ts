import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { parse } from "csv-parse/sync";
import { Agent, request } from "undici";
import * as z from "zod";
import { grouped } from "../../domain/collections.ts";
import { shardKey } from "../../domain/plan/task.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { outcomes, tierOf } from "../../domain/result/outcome.ts";
import { type TaskResult, taskResultSchema } from "../../domain/result/task-result.ts";
import type { Edge } from "../edge/edge.ts";
import { table } from "../markdown-table.ts";
import type { LocalPrewarm } from "./local-prewarm.ts";
import type { StandIn } from "./stand-in-edge.ts";

const reportSchema = z.array(z.object({ pop: z.string(), url: z.string() }));

/** The rows of report.csv. One without a POP is a URL that could not be read, one without a URL a POP that did not resolve. */
export function reportRows(report: string): z.infer<typeof reportSchema> {
  return reportSchema.parse(parse(report, { columns: true }));
}

/** Reads all results of a request, as the agents wrote them. A small request has one shard. */
export async function readResults(
  { clients, deployed }: LocalPrewarm,
  reqId: string,
  shards = 1,
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  for (let shard = 0; shard < shards; shard++) {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await clients.db.send(
        new QueryCommand({
          TableName: deployed.resource("PrewarmStorageRequestTask", "AWS::DynamoDB::Table"),
          KeyConditionExpression: "task_key = :key",
          ExpressionAttributeValues: { ":key": shardKey(reqId, shard) },
          ExclusiveStartKey: start,
        }),
      );
      results.push(...(page.Items ?? []).map((item) => taskResultSchema.parse(item)));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
  return results;
}

/** A table of what each POP's results come to. */
export function popTable(results: readonly TaskResult[]): string {
  const rows = [...grouped(results, ({ pop }) => pop)]
    .sort()
    .map(([pop, its]) => [
      ...[pop, recOf(pop) ?? "", String(its.length)],
      (its.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000).toFixed(1),
      outcomeCounts(its),
      String(its.filter(({ ok }) => !ok).length),
    ]);
  return table(["POP", "REC", "tasks", "MB", "outcomes", "failed"], rows);
}

/** How many tasks had each outcome, in words: `60 warm, 4 hit`. */
export function outcomeCounts(results: readonly TaskResult[]): string {
  const counts = grouped(results, ({ outcome = "done" }) => outcome);
  return outcomes
    .flatMap((outcome) => (counts.has(outcome) ? [`${counts.get(outcome)?.length} ${outcome}`] : []))
    .join(", ");
}

/** A viewer's question. */
export interface Viewing {
  readonly address: string;
  readonly url: string;
  /** @default those of every viewer: a browser's Accept-Encoding */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks an address of the edge for a URL, as a viewer would. @returns status, and where the answer came from: `200 Hit EDGE` */
export async function askEdge(
  dispatcher: Agent,
  { httpPort }: Edge,
  { address, url, headers }: Viewing,
): Promise<string> {
  const { host, pathname, search } = new URL(url);
  const answer = await request(`http://${address}:${httpPort}${pathname}${search}`, {
    dispatcher,
    headers: { "accept-encoding": "gzip, deflate, br", ...headers, host, pragma: "server-timing" },
  });
  await answer.body.dump({ limit: Number.POSITIVE_INFINITY });
  const [timing] = [answer.headers["server-timing"]].flat();
  return `${answer.statusCode} ${String(answer.headers["x-cache"]).split(" ", 1)} ${tierOf(timing) ?? "untold"}`;
}

/** Asks every POP for every URL once more. Returns those that were not a hit. */
export async function askAgain(
  { edge }: Pick<StandIn, "edge">,
  urls: readonly string[],
  pops: readonly string[],
): Promise<string[]> {
  const cold: string[] = [];
  const dispatcher = new Agent();
  for (const pop of pops)
    for (const url of urls) {
      const saw = await askEdge(dispatcher, edge, { address: edge.addressOf(pop), url });
      if (!saw.startsWith("200 Hit")) cold.push(`${url} at ${pop}: ${saw}`);
    }
  await dispatcher.close();
  return cold;
}

/** A value that is checked: its name, what it is and what it must be. */
export type Expectation = readonly [what: string, actual: unknown, expected: unknown];

/** A line for each value that is not as expected. */
export function unmet(expectations: readonly Expectation[]): string[] {
  return expectations
    .filter(([, actual, expected]) => actual !== expected)
    .map(([what, actual, expected]) => `${what} is ${actual}, must be ${expected}`);
}
