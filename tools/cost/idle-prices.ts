import { PRICE, pricesOf } from "../../domain/cost/prices.ts";

const cloudwatch = pricesOf("cloudwatch/pricing");

/** The prices of what a stack uses, those that it has while it is idle included. */
export const STACK_PRICE = {
  ...PRICE,
  /** Of standard resolution; an alarm on an expression is billed for each metric in it. */
  alarmMetricMonth: cloudwatch(0.1, "metric and month"),
  dashboardMonth: cloudwatch(3, "dashboard and month"),
  /** Billed for the hours in which it has values. */
  customMetricMonth: cloudwatch(0.3, "metric and month"),
  logGb: cloudwatch(0.5, "GB ingested"),
  logStorageGbMonth: cloudwatch(0.03, "GB-month"),
  trace: pricesOf("xray/pricing")(5e-6, "trace"),
};
