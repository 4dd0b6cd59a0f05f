// CloudWatch's stand-in for the tests of monitoring: alarm-state.ts beside this file, held against AWS's documentation.
import { alarmState } from "./alarm-state.ts";

// The two tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: 0 is
// within the threshold, X beyond it, - missing.
const THREE_OF_THREE = [
  ["0-X-X", "OK", "OK"],
  ["0----", "OK", "OK"],
  ["-----", "ALARM", "OK"],
  ["0XX-X", "ALARM", "ALARM"],
  ["----X", "ALARM", "OK"],
] as const;
const TWO_OF_THREE = [
  ["0-X-X", "ALARM", "ALARM"],
  ["00X0X", "ALARM", "ALARM"],
  ["0-X--", "ALARM", "OK"],
  ["----X", "ALARM", "OK"],
] as const;

const alarm = (DatapointsToAlarm: number, TreatMissingData: string) => ({
  Statistic: "Maximum",
  Period: 300,
  EvaluationPeriods: 3,
  DatapointsToAlarm,
  Threshold: 0,
  ComparisonOperator: "GreaterThanThreshold",
  TreatMissingData,
});
const VALUES: Readonly<Record<string, number[]>> = { "0": [0], X: [1], "-": [] };
const periods = (points: string) => [...points].map((point) => VALUES[point] ?? []);

describe("the documentation's examples", () => {
  test.each([...THREE_OF_THREE.map((row) => [3, ...row] as const), ...TWO_OF_THREE.map((row) => [2, ...row] as const)])(
    "%i of 3, %s: %s where missing data breach, %s where they do not",
    (count, points, breaching, notBreaching) => {
      expect(alarmState(alarm(count, "breaching"), periods(points))).toBe(breaching);
      expect(alarmState(alarm(count, "notBreaching"), periods(points))).toBe(notBreaching);
    },
  );
});

test("what it does not know is refused", () => {
  expect(() => alarmState({ ...alarm(3, "missing") }, [])).toThrow();
  expect(() => alarmState({ ...alarm(3, "breaching"), Metrics: [], Statistic: undefined }, [])).toThrow();
});
