import * as z from "zod";

const UNITS = ["Count", "Bytes", "Milliseconds"] as const;

/**
 * The schema of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const documentSchema = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.number().int(),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: z.string().min(1).max(255),
          Dimensions: z.array(z.array(z.string().min(1).max(255)).max(30)).min(1),
          Metrics: z
            .array(z.strictObject({ Name: z.string().min(1).max(255), Unit: z.enum(UNITS) }))
            .min(1)
            .max(100),
        }),
      )
      .min(1),
  }),
});
const metricTarget = z.union([z.number(), z.array(z.number()).min(1).max(100)]);

export interface Measured {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/**
 * What CloudWatch takes from a line of a log. A line that is no JSON, or has no `_aws`, holds no metrics.
 * @throws Error for one that has some, but in the wrong format: CloudWatch would ignore it silently
 */
export function embeddedMetrics(line: string): Measured[] {
  if (!line.startsWith("{")) return [];
  const parsed: unknown = JSON.parse(line);
  if (!z.looseObject({ _aws: z.unknown() }).safeParse(parsed).success) return [];
  const { _aws, ...root } = documentSchema.parse(parsed);
  return _aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((keys) =>
      Metrics.map(({ Name: name }) => ({
        namespace,
        name,
        dimensions: Object.fromEntries(keys.map((key) => [key, z.string().parse(root[key])])),
        values: [metricTarget.parse(root[name])].flat(),
      })),
    ),
  );
}
