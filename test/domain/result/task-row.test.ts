import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { textOfField } from "../../../domain/csv.ts";
import { RESULTS_ONLY_COLUMNS, reportedResultSchema } from "../../../domain/result/report.ts";
import { fullResult, result } from "../../lambdas/items.ts";
import { TASK_ROWS_HEADER, taskRow } from "../../task-rows.ts";

const read = (line: string) => parse(TASK_ROWS_HEADER + line, { columns: true })[0] as Record<string, string>;

it("a row has the report's columns, and what a warm task has to say", () => {
  const warm = result("SIN2-P1", "https://a.example/", {
    outcome: "warm",
    tier: "EDGE",
    x_cache: "Hit from cloudfront",
    first_byte_ms: 12,
    ms: 40,
    bytes: 9,
  });
  expect(read(taskRow(reportedResultSchema.parse(warm)))).toMatchObject({
    pop: "SIN2-P1",
    url: "https://a.example/",
    ok: "true",
    outcome: "warm",
    tier: "EDGE",
    reason: "",
    x_cache: "Hit from cloudfront",
    first_byte_ms: "12",
    ms: "40",
    bytes: "9",
    error: "",
  });
  const failed = { ...warm, ok: false, error: 'HTTP 404: "no", it said', reason: "http_4xx" as const };
  expect(read(taskRow(reportedResultSchema.parse(failed)))).toMatchObject({
    ok: "false",
    error: 'HTTP 404: "no", it said',
    reason: "http_4xx",
  });
  expect(RESULTS_ONLY_COLUMNS.map(({ name }) => name)).toEqual(["ok", "reason", "bytes", "ms", "x_cache", "warning"]);
});

it("a text comes back whatever is in it, and no spreadsheet takes it for a formula", () => {
  const error = `a;=cmd|' /C calc'!A1`;
  const row = taskRow({ ...reportedResultSchema.parse(result("SIN2-P1", "https://a.example/")), error });
  expect(read(row)["error"]).toBe(`a;'=cmd|' /C calc'!A1`);
  expect(textOfField(read(row)["error"] ?? "")).toBe(error);
});

it("a result of which those fields cannot be read is read all the same", () => {
  const odd = reportedResultSchema.parse({ ...result("SIN2-P1", "https://a.example/"), ms: "long", x_cache: 7 });
  expect(odd).toMatchObject({ ms: undefined, x_cache: undefined, bytes: 10 });
});

it("a row has each field of a result under its own name", () => {
  const full = fullResult();
  const row = read(taskRow(reportedResultSchema.parse(full)));
  const columns = Object.entries(full).filter(([name]) => name in row);
  expect(columns.length).toBeGreaterThan(15);
  for (const [name, value] of columns) expect([name, row[name]]).toEqual([name, String(value)]);
});
