// Items and results outlive a deployment: an update's functions and agents read what each other wrote.
import { expect, it } from "vitest";
import { targetSchema } from "../../domain/plan/target.ts";
import { requestItemSchema } from "../../domain/request/request-item.ts";
import { reportedResultSchema } from "../../domain/result/report.ts";
import { taskResultSchema } from "../../domain/result/task-result.ts";
import { fullRequest, fullResult, target } from "../lambdas/items.ts";

it.each([
  ["request", requestItemSchema, fullRequest()],
  ["target", targetSchema, target("SIN2-P1")],
  ["result", taskResultSchema, fullResult()],
  ["result in a report", reportedResultSchema, fullResult()],
] as const)("a %s of a newer release is read without what is new in it", (_, schema, item) => {
  const newer = { ...item, added_by_a_newer_release: { any: ["thing"] } };
  expect(schema.parse(newer)).toEqual(schema.parse(item));
});
