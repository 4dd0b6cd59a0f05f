// CloudWatch's stand-in for the tests of monitoring: embedded-metrics.ts beside this file takes what CloudWatch would take.
import { MAX_VALUES, withMetrics } from "../../domain/metrics.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";

const line = (...of: Parameters<typeof withMetrics>) => JSON.stringify({ message: "m", ...withMetrics(...of) });
const many = (count: number) => ({ TaskDuration: Array.from({ length: count }, (_, i) => i) });

test("a line has each of its metrics, under its dimensions", () => {
  expect(embeddedMetrics(line("N", { Tasks: 3, TaskDuration: [5, 7] }, { reason: "tls" }))).toEqual([
    { namespace: "N", name: "Tasks", dimensions: { reason: "tls" }, values: [3] },
    { namespace: "N", name: "TaskDuration", dimensions: { reason: "tls" }, values: [5, 7] },
  ]);
  expect(embeddedMetrics(line("N", many(MAX_VALUES)))).toHaveLength(1);
});

test.each(["REPORT RequestId: 1 Duration: 5 ms", '{"message":"m","Tasks":3}'])("a line without metrics: %s", (text) => {
  expect(embeddedMetrics(text)).toEqual([]);
});

test.each([
  ["more values than are taken", line("N", many(MAX_VALUES + 1))],
  ["a list without values", line("N", many(0))],
  ["no metrics at all", line("N", {})],
  ["no namespace", line("", { Tasks: 1 })],
  ["a dimension that is not there", line("N", { Tasks: 1 }, { reason: "tls" }).replace('"reason":"tls",', "")],
  ["a metric that is not there", line("N", { Tasks: 1 }).replace('"Tasks":1,', "")],
])("CloudWatch would pass over %s", (_, text) => {
  expect(() => embeddedMetrics(text)).toThrow();
});
