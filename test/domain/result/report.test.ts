import { expect, it } from "vitest";
import { errorText, notKept } from "../../../domain/result/failure.ts";
import { REPORT_COLUMNS, reportedResultSchema, reportedTask } from "../../../domain/result/report.ts";
import { result } from "../../lambdas/items.ts";
import { reportRow } from "../../task-rows.ts";

it("every column but the source is read from the results; each has a meaning, and stands in its place in a row", () => {
  const failed = reportedResultSchema.parse(
    result("SIN2-P1", "https://a.example/", { ok: false, error: "HTTP 403", http_status: 403, x_amz_cf_id: "id==" }),
  );
  const row = reportRow(failed);
  expect(row).toHaveLength(REPORT_COLUMNS.length);
  expect(reportRow({ ...failed, source: "2 https://a.example/sitemap.xml" }).at(-1)).toBe(
    "2 https://a.example/sitemap.xml",
  );
  REPORT_COLUMNS.forEach(({ name, meaning }, i) => {
    expect(meaning).not.toBe("");
    if (name !== "source") expect(row[i]).toBe(failed[name]);
  });
});

it("the columns that users read by place stay where they are", () => {
  const names = [
    ...["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts"],
    ...["variant", "outcome", "tier", "address", "addresses", "rounds", "first_byte_ms", "age", "encoding"],
    "source",
  ];
  expect(REPORT_COLUMNS.slice(0, names.length).map(({ name }) => name)).toEqual(names);
});

it("what a POP does not keep is a row with the likely reason", () => {
  const result = reportedResultSchema.parse({
    pop: "SIN2-P1",
    url: "https://a.example/",
    ok: false,
    bytes: 5,
    attempts: 1,
    http_status: 200,
    outcome: "not_kept",
    rounds: 2,
    tier: "REC",
    address: "192.0.2.1",
    first_byte_ms: 12,
    age: 3,
    encoding: "br",
    error: errorText(notKept("NO_HIT", { cacheControl: "no-store" })),
  });
  expect(reportRow(result)).toEqual([
    ...["SIN2-P1", "https://a.example/"],
    "NOT_KEPT: a check after the second download was a miss; the answer has Cache-Control: no-store, so it may never be kept",
    ...[200, undefined, undefined, 1, undefined, "not_kept", "REC", "192.0.2.1", undefined, 2, 12, 3, "br", undefined],
  ]);
});

it("a result of a request with variants names its own, and is read with all that a recount needs", () => {
  const seen = { uncompressed: true, rec_miss: true, reason: "http_4xx" } as const;
  const read = reportedResultSchema.parse(result("SIN2-P1", "https://a.example/", { variant: "br", ...seen }));
  expect(read).toMatchObject({ variant: "br", ...seen });
  expect(reportRow(read)[REPORT_COLUMNS.findIndex(({ name }) => name === "variant")]).toBe("br");
  const odd = { ...result("SIN2-P1", "https://a.example/"), uncompressed: "yes", rec_miss: 1 };
  expect(reportedResultSchema.parse(odd)).toMatchObject({ uncompressed: undefined, rec_miss: undefined });
});

it("a row of the report is read back as its task", () => {
  const row = (fields: Readonly<Record<string, string>>) => REPORT_COLUMNS.map(({ name }) => fields[name] ?? "");
  const url = "https://a.example/'1'";
  expect(reportedTask(row({ pop: "SIN2-P1", url, variant: "br", error: "HTTP 404" }))).toEqual({
    pop: "SIN2-P1",
    url,
    variant: "br",
  });
});

it("a row without a variant, or of a release before that had no such column, is read back without one", () => {
  expect(reportedTask(["SIN2-P1", "https://a.example/", "HTTP 404"])).toEqual({
    pop: "SIN2-P1",
    url: "https://a.example/",
  });
  expect(reportedTask([])).toEqual({ pop: "", url: "" });
});
