import { expect, it } from "vitest";
import { REPORT_COLUMNS, reportedResultSchema, reportRow } from "../../../domain/result/report.ts";
import { result } from "../../lambdas/items.ts";

it("every column is read from the results, has a meaning, and stands in its place in a row", () => {
  const failed = reportedResultSchema.parse(
    result("SIN2-P1", "https://a.example/", { ok: false, error: "HTTP 403", http_status: 403, x_amz_cf_id: "id==" }),
  );
  const row = reportRow(failed);
  expect(row).toHaveLength(REPORT_COLUMNS.length);
  REPORT_COLUMNS.forEach(({ name, meaning }, i) => {
    expect(meaning).not.toBe("");
    expect(row[i]).toBe(failed[name]);
  });
});

it("the columns that users read by place stay where they are", () => {
  const names = ["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts"];
  expect(REPORT_COLUMNS.slice(0, names.length).map(({ name }) => name)).toEqual(names);
});
