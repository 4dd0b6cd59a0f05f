import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { parse } from "csv-parse/sync";
import { Agent, request } from "undici";
import * as z from "zod";
import { shardKey } from "../../domain/plan/task.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { outcomes, type TaskOutcome } from "../../domain/result/outcome.ts";
import { type TaskResult, taskResultSchema } from "../../domain/result/task-result.ts";
import type { LocalPrewarm } from "./local-prewarm.ts";
import type { StandIn } from "./stand-in-edge.ts";

/** The results of one POP, summed. */
export interface PopRow {
  readonly pop: string;
  readonly tasks: number;
  readonly bytes: number;
  /** How many tasks had each outcome; those of an older agent count as `done`. */
  readonly outcomes: ReadonlyMap<TaskOutcome, number>;
  readonly failed: number;
}

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

export function rowsByPop(results: readonly TaskResult[]): PopRow[] {
  const byPop = new Map<string, TaskResult[]>();
  for (const result of results) byPop.set(result.pop, [...(byPop.get(result.pop) ?? []), result]);
  return [...byPop].sort().map(([pop, its]) => ({
    pop,
    tasks: its.length,
    bytes: its.reduce((sum, { bytes }) => sum + bytes, 0),
    outcomes: new Map(
      outcomes.map((outcome) => [outcome, its.filter(({ outcome: seen = "done" }) => seen === outcome).length]),
    ),
    failed: its.filter(({ ok }) => !ok).length,
  }));
}

export function popTable(rows: readonly PopRow[]): string {
  const lines = rows.map(({ pop, tasks, bytes, outcomes: counts, failed }) =>
    [
      pop.padEnd(10),
      (recOf(pop) ?? "").padEnd(14),
      String(tasks).padStart(5),
      (bytes / 1_000_000).toFixed(1).padStart(9),
      String(counts.get("warm") ?? 0).padStart(5),
      String(counts.get("hit") ?? 0).padStart(5),
      String(failed).padStart(7),
    ].join(" "),
  );
  return ["POP        REC            tasks        MB  warm   hit  failed", ...lines].join("\n");
}

/** How many tasks had each outcome, in words: `60 warm, 4 hit`. */
export function outcomeCounts(rows: readonly PopRow[]): string {
  const count = (outcome: TaskOutcome) => rows.reduce((sum, row) => sum + (row.outcomes.get(outcome) ?? 0), 0);
  return outcomes.flatMap((outcome) => (count(outcome) > 0 ? [`${count(outcome)} ${outcome}`] : [])).join(", ");
}

/** Asks every POP for every URL once more, as a viewer would. Returns those that were not a hit. */
export async function askAgain(
  standIn: Pick<StandIn, "edge">,
  urls: readonly string[],
  pops: readonly string[],
): Promise<string[]> {
  const ca = standIn.edge.caPem;
  const cold: string[] = [];
  for (const pop of pops) {
    const address = standIn.edge.addressOf(pop);
    for (const text of urls) {
      const url = new URL(text);
      const dispatcher = new Agent({ connect: { ca, servername: url.hostname } });
      const answer = await request(`https://${address}:${standIn.edge.httpsPort}${url.pathname}${url.search}`, {
        dispatcher,
        headers: { host: url.host },
      });
      await answer.body.dump({ limit: Number.POSITIVE_INFINITY });
      await dispatcher.close();
      const xCache = String(answer.headers["x-cache"]);
      if (answer.statusCode !== 200 || !xCache.startsWith("Hit"))
        cold.push(`${text} at ${pop}: ${answer.statusCode} ${xCache}`);
    }
  }
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
