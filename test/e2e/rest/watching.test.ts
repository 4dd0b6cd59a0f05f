// What an operator sees of a whole deployed stack: its functions log the metrics that its alarms look at. test/lib/monitoring.test.ts says
// when an alarm goes on, and that it tells the topic.
import * as z from "zod";
import { embeddedMetrics } from "../../cloudwatch/embedded-metrics.ts";
import { cloudWatch, invoke, logLines } from "../aws-call.ts";
import { body } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";

const alarmsSchema = z.object({ MetricAlarms: z.array(z.object({ Namespace: z.string(), MetricName: z.string() })) });

const running = deployedStack({ parameters: { monitoring: "full" } });

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
  const alarms = alarmsSchema.parse(await cloudWatch(aws, "DescribeAlarms", { MaxRecords: 100 })).MetricAlarms;
  const ours = alarms.filter(({ Namespace }) => !Namespace.startsWith("AWS/"));
  const looks = await measured("PrewarmMonitoringWatchLogs");
  const counted = await measured("PrewarmPipelineAggregationLogs");
  for (const { Namespace: namespace, MetricName: name } of ours)
    expect(name === "Bytes" ? counted : looks).toContainEqual({
      namespace,
      name,
      dimensions: {},
      values: [expect.any(Number)],
    });
  const [{ Namespace: namespace } = { Namespace: "" }] = ours;
  expect(counted).toContainEqual({ namespace, name: "FailedTasks", dimensions: { reason: "http_4xx" }, values: [1] });
  expect(counted).toContainEqual({ namespace, name: "TaskDuration", dimensions: {}, values: expect.any(Array) });
  await stack.untilAgents(0);
});
