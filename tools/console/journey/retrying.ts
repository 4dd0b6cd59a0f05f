import { readFile } from "node:fs/promises";
import type { Locator } from "playwright-core";
import type { Progress } from "../../../client/answers.ts";
import { askAgain, reportRows } from "../../local/results.ts";
import type { StandIn } from "../../local/stand-in-edge.ts";
import type { Operator } from "./operator.ts";
import { idIn } from "./send.ts";
import { countDifferences, reasonDifferences, sentenceDifferences } from "./shown.ts";
import { POPS, type Trouble, UNREADABLE, URLS } from "./trouble.ts";

/** Takes the report home, has all mended, and retries: exactly what was not good is asked for, and is good then. */
export async function retryAll(
  operator: Operator,
  standIn: StandIn,
  trouble: Trouble,
  failed: Progress,
): Promise<void> {
  const { page, say } = operator;
  const listed = reportRows(await download(operator, page.locator(".files a").first()));
  // A URL that could not be read has a row without a POP.
  const rows = listed.filter(({ pop }) => pop !== "");
  operator.equal("failed tasks in the report", rows.length, failed.failed_count);
  operator.equal(
    "URLs in the report",
    listed.filter(({ pop }) => pop === "").map(({ url }) => url),
    [UNREADABLE],
  );
  trouble.mend();
  const since = Date.now();

  const tasks = failed.failed_count;
  await page.getByRole("button", { name: say("retry", [String(tasks)], tasks) }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByText(say("retrySays", [String(tasks)], tasks)).waitFor();
  await operator.look("retry-asks");
  await dialog.locator(".primary").click();
  await page.waitForURL((url) => /^#\/r\//.test(url.hash) && !url.hash.includes(failed.request_id));
  await page.locator(`.request-head a[href="#/r/${failed.request_id}"]`).waitFor();

  const ended = await operator.told(idIn(page.url()), "ended with a verdict", ({ verdict }) => verdict !== undefined);
  const wanted = [...rows, ...POPS.map((pop) => ({ pop, url: UNREADABLE }))];
  const { verdict, total_count, warm_count } = ended;
  operator.equal(
    "the retry",
    { verdict, total_count, warm_count },
    {
      verdict: "ready",
      total_count: wanted.length,
      warm_count: wanted.length,
    },
  );
  const asked = standIn.edge
    .popRequests()
    .filter(({ at, method }) => at >= since && method === "GET")
    .map(({ pop, path }) => `${pop} ${path}`);
  const should = wanted.map(({ pop, url }) => `${pop} ${new URL(url).pathname}`);
  operator.equal("what the edge was asked for again", sortedSet(asked), sortedSet(should));
  operator.equal("what is cold", await askAgain(standIn, URLS, POPS), []);
  await page.getByText(say("allWarm")).waitFor();
  await operator.until("after the retry", async () => [
    ...(await sentenceDifferences(operator, ended)),
    ...(await reasonDifferences(operator, ended)),
    ...(await countDifferences(operator, ended)),
  ]);
  await operator.look("retried");
}

/** The file that a link leads to. It is of another origin: the deployment's bucket. */
async function download(operator: Operator, link: Locator): Promise<string> {
  operator.allowed.call = (await link.getAttribute("href")) ?? undefined;
  const [file] = await Promise.all([operator.page.waitForEvent("download"), link.click()]);
  const text = await readFile(await file.path(), "utf8");
  operator.allowed.call = undefined;
  return text;
}

function sortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}
