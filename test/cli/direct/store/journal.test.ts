import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Journal } from "../../../../cli/direct/store/journal.ts";
import type { TaskResult } from "../../../../domain/result/task-result.ts";
import { folderWith } from "../../../folder-with.ts";

/** As in the journal. */
const BLOCK_BYTES = 262_144;

function resultOf(url: string): TaskResult {
  const keys = { task_key: "r#0", pop_url: `SIN2-P1#${url}`, req_id: "r", expire_at: 1 };
  return { ...keys, pop: "SIN2-P1", url, ok: true, outcome: "warm", bytes: 1, ms: 1, attempts: 1 };
}

/** A line of a journal. @param length with its end; the URL makes it as long */
function lineOf(url: string, length = 0): string {
  const line = (padded: string) => {
    const { task_key: _, pop_url: __, req_id: ___, expire_at: ____, ...result } = resultOf(padded);
    return `${JSON.stringify(result)}\n`;
  };
  return line(url.padEnd(url.length + length - line(url).length, "."));
}

async function urlsOf(path: string): Promise<string[]> {
  const urls: string[] = [];
  for await (const { url } of new Journal(path).newestFirst()) urls.push(url.replaceAll(".", ""));
  return urls;
}

const journalPath = () => join(folderWith(), "results.jsonl");

test("has no results before its file is there", async () => {
  expect(await urlsOf(journalPath())).toEqual([]);
});

test("reads what was appended, the newest first, and cuts off a last line without an end before it appends more", async () => {
  const path = journalPath();
  const append = async (...urls: string[]) => {
    const journal = new Journal(path);
    await journal.open();
    await Promise.all(urls.map((url) => journal.append([resultOf(url)])));
    await journal.close();
  };
  await append("a", "b");
  appendFileSync(path, lineOf("lost").slice(0, -1));
  expect(await urlsOf(path)).toEqual(["b", "a"]);
  await append("c");
  expect(await urlsOf(path)).toEqual(["c", "b", "a"]);
  expect(readFileSync(path, "utf8")).not.toContain("lost");
});

test("a file of half a line alone is empty", async () => {
  const path = journalPath();
  writeFileSync(path, lineOf("a", 2 * BLOCK_BYTES).slice(0, -1));
  expect(await urlsOf(path)).toEqual([]);
});

test.each([-2, -1, 0, 1, 2])("reads lines that end %i bytes from the border of a block", async (distance) => {
  const path = journalPath();
  const last = lineOf("d", BLOCK_BYTES + distance);
  writeFileSync(path, [lineOf("a"), lineOf("b", 2 * BLOCK_BYTES), lineOf("c"), last].join(""));
  expect(await urlsOf(path)).toEqual(["d", "c", "b", "a"]);
});

test.each(["no JSON", '{"pop":"SIN2-P1"}'])("names the file and the line that is no result: %s", async (damage) => {
  const path = journalPath();
  writeFileSync(path, `${lineOf("a")}${damage}\n${lineOf("b")}`);
  await expect(urlsOf(path)).rejects.toThrow(`${path} is damaged: a line is not a result: ${damage}`);
});
