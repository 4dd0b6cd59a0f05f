// What an operator sees of a whole deployed stack: alarms that tell their topic, metrics in the logs, and no secret
// there. The stack is this file's own: where another test makes functions fail, alarms would stay on.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { LOCAL } from "../../../tools/local/paths.ts";
import { readResults } from "../../../tools/local/pop-report.ts";
import { HOST } from "../../../tools/local/world.ts";
import { embeddedMetrics } from "../../cloudwatch/embedded-metrics.ts";
import { alarmsOf, listen, put } from "../alarms.ts";
import { invoke, logLines } from "../aws-call.ts";
import { body, urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";

/** How long, in seconds, a value that trips an alarm counts after it was put: the emulator goes by the clock. */
const LASTS = 4;

/** Secrets that a caller puts into a request. */
const SECRETS = {
  authorization: "Bearer s3cr3t-token",
  cookie: "session=s3cr3t-cookie",
  signature: "s3cr3t-signature",
};

const PATIENCE = { timeout: 90_000 };

const running = deployedStack();

/**
 * The emulator takes one statistic over all of an alarm's periods at once, and over all metrics of that name: that this
 * is what CloudWatch would do, test/lib/monitoring.test.ts does not rely on. What is tried here is that each deployed
 * alarm looks at a metric that can be put, at that side of its threshold, and tells the topic.
 */
describe("watching", () => {
  it("alarms go on above their thresholds and off again, and tell the topic where the runbook is", async () => {
    const stack = running();
    const notices = await listen(stack);
    const all = await alarmsOf(stack);
    // That calls stop coming cannot be put: those of all functions count.
    const alarms = all.filter(({ ComparisonOperator }) => ComparisonOperator === "GreaterThanThreshold");
    expect(alarms).toHaveLength(all.length - 1);
    const states = async () => new Set((await alarmsOf(stack)).map(({ StateValue }) => StateValue));

    // Of a minimum, what is within the threshold would keep it so.
    const [minima, others] = [true, false].map((is) => alarms.filter((it) => (it.Statistic === "Minimum") === is));
    for (const alarm of others ?? []) await put(stack, alarm, alarm.Threshold, 0);
    expect([...(await states())].sort()).toEqual(["INSUFFICIENT_DATA", "OK"]);
    expect(minima).toHaveLength(3);
    for (const alarm of alarms)
      await put(stack, alarm, alarm.Threshold + 1, alarm.Period * alarm.EvaluationPeriods - LASTS);
    const on = (await alarmsOf(stack)).filter(({ StateValue }) => StateValue === "ALARM");
    expect(on.map(({ AlarmName }) => AlarmName).sort()).toEqual(alarms.map(({ AlarmName }) => AlarmName).sort());

    await expect
      .poll(
        async () => {
          for (const alarm of all) await put(stack, alarm, alarm.Threshold, 0);
          return [...(await states())];
        },
        { timeout: 90_000, interval: 500 },
      )
      .toEqual(["OK"]);
    const names = alarms.map(({ AlarmName }) => AlarmName);
    await expect.poll(() => notices("ALARM"), { timeout: 60_000 }).toEqual(expect.arrayContaining(names));
    await expect.poll(() => notices("OK"), { timeout: 60_000 }).toEqual(expect.arrayContaining(names));
  });

  it("what the deployed functions log has the metrics that alarms look at", async () => {
    const stack = running();
    const { aws, deployed } = stack.prewarm;
    const measured = async (logGroup: string) =>
      (await logLines(aws, deployed.resource(logGroup, "AWS::Logs::LogGroup"))).flatMap(embeddedMetrics);
    const look = () => invoke(aws, deployed.resource("PrewarmMonitoringWatch", "AWS::Lambda::Function"));
    await stack.untilAgents(0);
    const before = (await measured("PrewarmMonitoringWatchLogs")).length;
    await look();
    expect(await measured("PrewarmMonitoringWatchLogs")).toHaveLength(before);

    stack.setFaults(({ method, path }) =>
      method === "GET" && path.startsWith("/index") ? { kind: "status", status: 403 } : undefined,
    );
    const reqId = await stack.start(body({ pops: ["SIN2-C1"] }));
    await look();
    await stack.until(reqId, "FINISHED");
    const ours = (await alarmsOf(stack)).filter(({ Namespace }) => !Namespace.startsWith("AWS/"));
    const looks = await measured("PrewarmMonitoringWatchLogs");
    for (const { Namespace: namespace, MetricName: name } of ours)
      expect(looks).toContainEqual({ namespace, name, dimensions: {}, values: [expect.any(Number)] });
    const [{ Namespace: namespace } = { Namespace: "" }] = ours;
    const counted = await measured("PrewarmPipelineAggregationLogs");
    expect(counted).toContainEqual({ namespace, name: "FailedTasks", dimensions: { reason: "http_4xx" }, values: [1] });
    expect(counted).toContainEqual({ namespace, name: "TaskDuration", dimensions: {}, values: expect.any(Array) });
    await stack.untilAgents(0);
  });
});

describe("samples", () => {
  const SLOW = "/slow-before-its-first-result.bin";
  const SIZE = 600_000;
  const samplesSchema = z
    .array(
      z.object({ at: z.string(), received_size: z.number(), download_count: z.number(), download_size: z.number() }),
    )
    .min(2);

  it("of a slow download rise before its first result, and stay when it has ended", async () => {
    const stack = running();
    stack.standIn.edge.addObject(SLOW, { size: SIZE });
    stack.setFaults(({ method, path }) =>
      method === "GET" && path === SLOW ? { kind: "drip", bytesPerSecond: SIZE / 10 } : undefined,
    );
    const reqId = await stack.start(body({ url_list: urls(SLOW), pops: ["SIN2-C1"] }));
    const samples = async () => {
      const { json } = await stack.call("GET", `prewarm?req_id=${reqId}&detail=samples`);
      return samplesSchema.parse(json["samples"]);
    };
    const seen = new Set<number>();
    await expect
      .poll(
        async () => {
          const last = (await samples()).at(-1);
          if (last?.download_count === 0 && last.received_size > 0) seen.add(last.received_size);
          return seen.size;
        },
        { timeout: 180_000, interval: 500 },
      )
      .toBeGreaterThanOrEqual(3);
    expect([...seen]).toEqual([...seen].sort((one, other) => one - other));

    stack.setFaults(undefined);
    const { created_at, last_update_time } = await stack.until(reqId, "FINISHED");
    // The agent has noted its last bytes by then, or its last beat tells them.
    await expect.poll(async () => (await samples()).at(-1)?.received_size, PATIENCE).toBeGreaterThanOrEqual(SIZE);
    const [first, last] = [(await samples())[0], (await samples()).at(-1)];
    expect(first).toEqual({ at: created_at, received_size: 0, download_count: 0, download_size: 0 });
    expect(last).toMatchObject({ at: last_update_time, download_count: 1, download_size: SIZE });
    await stack.untilAgents(0);
  });
});

describe("secrets", () => {
  it("reach neither the Lambdas' log nor the agents'", async () => {
    const stack = running();
    const query = `?Signature=${SECRETS.signature}&Key-Pair-Id=K1`;
    const seen: string[] = [];
    // What Get Size finds, the agents are refused: each task fails, and that is logged.
    stack.setFaults(({ headers, method, path }) => {
      seen.push(`${method} ${headers["authorization"]} ${headers["cookie"]}`);
      if (path.startsWith("/gone")) return { kind: "status", status: 404 };
      return { kind: "status", status: method === "HEAD" ? 200 : 403 };
    });
    const reqId = await stack.start(
      body({
        url_list: [`https://${HOST}/index.html${query}`, `https://${HOST}/gone.html${query}`],
        header: [`Authorization: ${SECRETS.authorization}`, `Cookie: ${SECRETS.cookie}`],
      }),
    );
    await stack.until(reqId, "FINISHED");
    // They were sent, and there was something to log.
    for (const method of ["HEAD", "GET"])
      expect(seen).toContain(`${method} ${SECRETS.authorization} ${SECRETS.cookie}`);
    const instances = (await readResults(stack.prewarm, reqId)).map(({ agent }) => agent);
    const files = ["emulator.log", ...new Set(instances.map((id) => `logs/${id}.log`))].map((name) => LOCAL + name);
    const logs = files.map((file) => (existsSync(file) ? readFileSync(file, "utf8") : "")).join("\n");
    expect(logs).toContain(reqId);
    expect(logs).toContain("task failed");
    for (const secret of [...Object.values(SECRETS), stack.prewarm.apiKey]) expect(logs).not.toContain(secret);
  });
});
