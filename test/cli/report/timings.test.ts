import { Readable } from "node:stream";
import { failedObjects } from "../../../cli/report/failed-objects.ts";
import { languageOf } from "../../../cli/report/language-of.ts";
import { taskRows } from "../../../cli/report/task-rows.ts";
import { timingsOf } from "../../../cli/report/timings.ts";
import { TASK_ROWS_HEADER, taskRow } from "../../task-rows.ts";

const row = (pop: string, ok: boolean, ms: number | undefined, first_byte_ms: number | undefined, url = "https://a/") =>
  taskRow({ pop, url, ok, ms, first_byte_ms, attempts: 1, bytes: 1, outcome: "warm", reason: undefined });

describe("timings", () => {
  test("are those of the good tasks, by REC, those of most tasks first", async () => {
    const recs = new Map([
      ["SIN2-P1", "Singapore"],
      ["SIN2-P2", "Singapore"],
      ["FRA60-P1", "Frankfurt"],
    ]);
    const csv = [
      ...[TASK_ROWS_HEADER, row("FRA60-P1", true, 40, 4), row("SIN2-P1", true, 100, 10), row("SIN2-P2", true, 50, 20)],
      ...[row("SIN2-P2", false, 100_000, 50_000, 'https://a/"x",\n'), row("XXX1-P1", true, undefined, undefined)],
    ];
    expect(await timingsOf(Readable.from(csv), recs)).toEqual([
      { rec: "Singapore", tasks: 2, firstByte: { median: 10, p95: 20 }, whole: { median: 50, p95: 100 } },
      { rec: "Frankfurt", tasks: 1, firstByte: { median: 4, p95: 4 }, whole: { median: 40, p95: 40 } },
      { rec: null, tasks: 1 },
    ]);
  });

  test("a file of a later release may have more columns, one of an earlier release fewer", async () => {
    const csv = "new,pop,ok\n1,SIN2-P1,true\n";
    expect(await timingsOf(Readable.from(csv), new Map())).toEqual([{ rec: null, tasks: 1 }]);
  });
});

describe("rows of the file of all results", () => {
  async function read(parts: readonly (string | Buffer)[]) {
    const rows = [];
    for await (const some of taskRows(Readable.from(parts))) rows.push(...some);
    return rows;
  }

  test("are read as they were written, wherever the file is cut", async () => {
    const urls = ["https://a/", 'https://a/"x"', "https://a/,\n\n,", "", '"', "=1", "https://a/;=1", "城", ',"'];
    const written = TASK_ROWS_HEADER + urls.map((url) => row("P", true, 1, 2, url)).join("");
    const bytes = Buffer.from(written);
    const whole = await read([bytes]);
    expect(whole.slice(1).map((fields) => fields[1])).toEqual(urls);
    for (const fields of whole) expect(fields).toHaveLength(TASK_ROWS_HEADER.split(",").length);
    for (let at = 1; at < bytes.length; at += 3)
      expect(await read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    expect(await read([written.slice(0, -1)])).toEqual(whole);
  });

  test("a quote that nobody closes is an error, not a row without an end", async () => {
    await expect(read(['a,b\n"', ...Array.from({ length: 30 }, () => `${"x".repeat(50_000)}\n`)])).rejects.toThrow(
      "not closed",
    );
  });
});

test("failed tasks are taken together by object and error", async () => {
  const csv =
    "pop,url,error,variant\nA,https://a/,404,br\nB,https://a/,404,br\nB,https://a/,403,br\nB,https://a/,404,\n";
  expect((await failedObjects(Readable.from(csv))).map(({ pops, ...it }) => [...Object.values(it), ...pops])).toEqual([
    ["https://a/", "br", "404", "A", "B"],
    ["https://a/", "br", "403", "B"],
    ["https://a/", "", "404", "B"],
  ]);
});

test.each([
  [undefined, { LANG: "zh_CN.UTF-8" }, "en-US", "zh"],
  [undefined, { LC_ALL: "en_US.UTF-8", LANG: "zh_CN.UTF-8" }, "zh-CN", "en"],
  [undefined, { LC_MESSAGES: "zh_TW", LANG: "en" }, "en", "zh"],
  [undefined, { LANG: "C.UTF-8" }, "zh-CN", "en"],
  [undefined, { LANG: "de_DE.UTF-8" }, "de-DE", "en"],
  [undefined, {}, "zh-CN", "zh"],
  ["en", { LANG: "zh_CN.UTF-8" }, "zh-CN", "en"],
] as const)("--lang %s with %o on a system of %s is %s", (said, env, system, language) => {
  expect(languageOf(said, env, system)).toBe(language);
});
