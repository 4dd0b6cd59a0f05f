// The report page as the bundle makes it: the style is in it, and it is whole in a file and in a pipe.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { folderWith } from "../folder-with.ts";
import { serve } from "../serve.ts";
import { TASK_ROWS_HEADER, taskRow } from "../task-rows.ts";
import { ROOT, runBuilt, useBuiltCommand } from "./built-command.ts";
import { progress } from "./progress.ts";

useBuiltCommand();

const ID = "e059b77b-e427-4489-a50b-4d8c652f114c";

const ended = {
  ...progress({ status: "FINISHED", percentage_complete: 100, verdict: "not_ready", download_count: 3_192 }),
  url_count: 84,
  url_prefix: "https://www.example.com/patch/",
  pop_count: 1,
  verify: "edge",
  downloads: "auto",
  scope: "pop",
  pops: [
    {
      pop: "SIN2-P1",
      rec: "Singapore",
      state: "DONE",
      total_count: 3,
      download_count: 3,
      failed_count: 1,
      warm_count: 2,
      hit_count: 0,
      not_kept_count: 0,
      download_size: 2,
    },
  ],
};

const task = { pop: "SIN2-P1", url: "https://a/", ok: true, bytes: 1, attempts: 1, ms: 40, first_byte_ms: 7 };
const RESULTS = TASK_ROWS_HEADER + taskRow({ ...task, outcome: "warm", reason: undefined });
const FAILED = "pop,url,error,variant\nSIN2-P1,https://www.example.com/patch/b.bin,HTTP 404,\n";

/** The API, and the bucket beside it. @param bucket whether its files can be had */
async function api(bucket: boolean) {
  const url = await serve(({ url = "", headers }, response) => {
    const at = `http://${headers.host}`;
    const path = url.split("?")[0];
    const summary = {
      request_id: ID,
      status: "FINISHED",
      failed_count: 9,
      failure_pops: [],
      failure_urls: [],
      failure_urls_omitted: 0,
      failures: [],
      failure_pop_urls_report: `${at}/failed.csv?secret`,
      results_url: `${at}/results.csv.gz?secret`,
    };
    if (path === "/prod/requests")
      response.end(JSON.stringify({ timestamp: ended.timestamp, requests: [ended], next: null }));
    else if (path === "/prod/prewarm") response.end(JSON.stringify(ended));
    else if (path === "/prod/summary") response.end(JSON.stringify(summary));
    else if (bucket && headers["x-api-key"] === undefined)
      response.end(path === "/failed.csv" ? FAILED : gzipSync(RESULTS));
    else response.writeHead(403).end();
  });
  return `${url}/prod/`;
}

const run = (endpoint: string, folder: string, words: readonly string[], LANG = "C.UTF-8") =>
  runBuilt(["report", ...words], { LANG, PREWARM_ENDPOINT: endpoint, PREWARM_API_KEY: "the-key" }, { folder });

describe("a page", () => {
  test("is written into a file, with timings and failed tasks, without key and signed links", async () => {
    const folder = folderWith();
    const { code, stdout, stderr } = await run(await api(true), folder, ["e059", "--html", "out.html"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "out.html is written.\n" });
    const page = readFileSync(join(folder, "out.html"), "utf8");
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">.*<\/html>\n$/s);
    expect(page).toMatch(/<style>\/\*! modern-normalize.*--warm: ?#087862.*<\/style>/s);
    expect(page).toContain("Timings by regional edge cache");
    expect(page).toMatch(/7 ms.*40 ms/s);
    expect(page).toContain("…b.bin");
    expect(page).not.toMatch(/the-key|secret|<script/);
  });

  test("goes to the pipe, in the terminal's language or the one that is said", async () => {
    const [endpoint, folder] = [await api(true), folderWith()];
    const zh = await run(endpoint, folder, ["--html", "-"], "zh_CN.UTF-8");
    expect(zh.stdout).toMatch(/^<!doctype html>\n<html lang="zh-CN">.*<\/html>\n$/s);
    const en = await run(endpoint, folder, ["--format", "html", "--lang", "en"], "zh_CN.UTF-8");
    expect(en.stdout).toContain('<html lang="en">');
    await run(endpoint, folder, ["-o", "by-name.html"]);
    expect(readdirSync(folder)).toEqual(["by-name.html"]);
  });

  test("says less where the bucket cannot be reached, and says so", async () => {
    const { code, stdout, stderr } = await run(await api(false), folderWith(), ["--html", "-"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/The page has no timings: .*403\n.*no list of failed tasks: .*403/s);
    expect(stdout).not.toContain("Timings");
    expect(stdout).toContain("prewarm report e059b77b --failed -o failed.csv");
  });

  test("has no rows to choose", async () => {
    const { code, stderr } = await run("http://127.0.0.1:1/", folderWith(), ["--html", "-", "--all"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("--all and --failed do not apply to a page")]);
    const two = await run("http://127.0.0.1:1/", folderWith(), ["--html", "-", "--json"]);
    expect([two.code, two.stderr]).toEqual([1, expect.stringContaining("cannot be used with option '--json'")]);
  });
});

test("the notices name what the page is made with", () => {
  const notices = readFileSync(join(ROOT, "cli/dist/THIRD-PARTY.txt"), "utf8");
  for (const name of ["preact 11", "preact-render-to-string 6", "modern-normalize 3"]) expect(notices).toContain(name);
});
