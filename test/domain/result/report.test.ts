import { parse } from "csv-parse/sync";
import { textOfField } from "../../../domain/csv.ts";
import {
  REPORT_COLUMNS,
  RESULTS_ONLY_COLUMNS,
  reportedResultSchema,
  reportedTask,
} from "../../../domain/result/report.ts";
import { fullResult, result } from "../../lambdas/items.ts";
import { reportRow, TASK_ROWS_HEADER, taskRow } from "../../task-rows.ts";

const URL = "https://a.example/";
const read = (line: string) => parse(TASK_ROWS_HEADER + line, { columns: true })[0] as Record<string, string>;

it("the columns that users read by place stay where they are", () => {
  const names = [
    ...["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts"],
    ...["variant", "outcome", "tier", "address", "rounds", "first_byte_ms", "age", "encoding"],
    "source",
  ];
  expect(REPORT_COLUMNS.map(({ name }) => name)).toEqual(names);
  expect(RESULTS_ONLY_COLUMNS.map(({ name }) => name)).toEqual([
    "ok",
    "reason",
    "bytes",
    "ms",
    "x_cache",
    "warning",
    "transferred_bytes",
  ]);
});

it("a row has each field of a result, and its source, under its own name", () => {
  const full = { ...fullResult(), source: "2 https://a.example/sitemap.xml" };
  const row = read(taskRow({ ...reportedResultSchema.parse(full), source: full.source }));
  const shown = Object.entries(full).filter(([name]) => name in row);
  expect(shown).toHaveLength(REPORT_COLUMNS.length + RESULTS_ONLY_COLUMNS.length);
  expect(row).toEqual(Object.fromEntries(shown.map(([name, value]) => [name, String(value)])));
});

it("a text comes back whatever is in it, and no spreadsheet takes it for a formula", () => {
  const error = `a;=cmd|' /C calc'!A1`;
  const row = taskRow({ ...reportedResultSchema.parse(result("SIN2-P1", URL)), error });
  expect(read(row)["error"]).toBe(`a;'=cmd|' /C calc'!A1`);
  expect(textOfField(read(row)["error"] ?? "")).toBe(error);
});

it("a result of which some fields cannot be read is read all the same, with all that a recount needs", () => {
  const seen = { variant: "br", uncompressed: true, size_changed: true, reason: "http_4xx" } as const;
  expect(reportedResultSchema.parse(result("SIN2-P1", URL, seen))).toMatchObject(seen);
  const odd = { ...result("SIN2-P1", URL), ms: "long", x_cache: 7, uncompressed: "yes", size_changed: 1 };
  const unknown = { ms: undefined, x_cache: undefined, uncompressed: undefined, size_changed: undefined };
  expect(reportedResultSchema.parse(odd)).toMatchObject({ ...unknown, bytes: 10 });
});

it.each([undefined, "br", "-gzip"])("a row of the report is read back as its task, of variant %s", (variant) => {
  const task = { pop: "SIN2-P1", url: "https://a.example/?a=-1", ...(variant === undefined ? {} : { variant }) };
  const failed = { ...task, ok: false, bytes: 0, attempts: 1, error: "=HTTP 403" };
  expect(reportedTask(reportRow(failed).map((field) => String(field ?? "")))).toEqual(task);
});

it("a row with fewer columns is read back without what it lacks", () => {
  expect(reportedTask(["SIN2-P1", URL, "HTTP 404"])).toEqual({ pop: "SIN2-P1", url: URL });
  expect(reportedTask([])).toEqual({ pop: "", url: "" });
});
