import * as z from "zod";

/** An alarm as a template defines it, as far as this stack's alarms go: anything else is refused, not guessed. */
const alarmSchema = z.object({
  Statistic: z.enum(["Sum", "Minimum", "Maximum"]),
  Period: z.number(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  Threshold: z.number(),
  ComparisonOperator: z.enum(["GreaterThanThreshold", "LessThanThreshold"]),
  TreatMissingData: z.enum(["notBreaching", "breaching"]),
});

const STATISTICS = {
  Sum: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0),
  Minimum: (values: readonly number[]) => Math.min(...values),
  Maximum: (values: readonly number[]) => Math.max(...values),
};

/** CloudWatch looks further back than an alarm's periods; in the documentation's examples, 5 periods for an alarm of 3. */
const FURTHER_BACK = 2;

/**
 * The state that CloudWatch would come to, as it is documented:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
 * @param periods the values of each period, the newest last; none: nothing was measured
 */
export function alarmState(definition: unknown, periods: readonly (readonly number[])[]): "OK" | "ALARM" {
  const alarm = alarmSchema.parse(definition);
  const wanted = alarm.EvaluationPeriods;
  const breaches = periods
    .slice(-(wanted + FURTHER_BACK))
    .filter((values) => values.length > 0)
    .map(STATISTICS[alarm.Statistic])
    .map((value) =>
      alarm.ComparisonOperator === "LessThanThreshold" ? value < alarm.Threshold : value > alarm.Threshold,
    )
    .slice(-wanted);
  // As few as possible are filled in.
  const filledIn = alarm.TreatMissingData === "breaching" ? wanted - breaches.length : 0;
  return breaches.filter(Boolean).length + filledIn >= alarm.DatapointsToAlarm ? "ALARM" : "OK";
}
