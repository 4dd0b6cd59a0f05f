import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import type { Progress } from "../../../client/answers.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { askAgain, reportRows } from "../../../tools/local/results.ts";
import { expect } from "../console-test.ts";
import type { Operator } from "./operator.ts";
import { countDifferences, reasonDifferences, sentenceDifferences, watchToEnd } from "./shown.ts";
import { bodyOf, FAILS_AT_TWELVE, GOOD_URLS, HELD, POPS, UNREADABLE, URLS } from "./trouble.ts";

/** A request that fails for many reasons: looked at while it runs, and at its end. @returns what the API tells of it at last */
export async function watchFail(operator: Operator): Promise<Progress> {
  const { page, trouble } = operator;
  trouble.atTwelve();
  const id = await operator.send(bodyOf(URLS, POPS));
  // Who loads the page anew is not asked for the key again.
  await page.reload();
  const ended = await watchToEnd(operator, {
    id,
    reasons: FAILS_AT_TWELVE,
    look: async () => {
      await expect(page.locator(".matrix:not(.small-cells) .pop")).toHaveCount(POPS.length);
      await operator.look("under-way");
    },
  });
  await expect(page.getByText(UNREADABLE)).not.toHaveCount(0);
  await operator.look("ended");
  return ended;
}

/** Takes the report home, has all mended, and retries: exactly what was not good is asked for, and is good then. */
export async function retryAll(operator: Operator, failed: Progress): Promise<void> {
  const { page, say, standIn } = operator;
  const listed = reportRows(await download(operator, page.locator(".files a").first()));
  // A URL that could not be read has a row without a POP.
  const rows = listed.filter(({ pop }) => pop !== "");
  expect(rows.length, "failed tasks in the report").toBe(failed.failed_count);
  expect(listed.filter(({ pop }) => pop === "").map(({ url }) => url)).toEqual([UNREADABLE]);
  operator.trouble.mend();
  const since = Date.now();

  const tasks = failed.failed_count;
  await page.getByRole("button", { name: say("retry", { count: tasks }) }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByText(say("retrySays", { count: tasks })).waitFor();
  await operator.look("retry-asks");
  await dialog.locator(".primary").click();
  await page.waitForURL((url) => /^#\/r\//.test(url.hash) && !url.hash.includes(failed.request_id));
  await page.locator(`.request-head a[href="#/r/${failed.request_id}"]`).waitFor();

  const ended = await operator.told(operator.openId(), "ended with a verdict", ({ verdict }) => verdict !== undefined);
  const wanted = [...rows, ...POPS.map((pop) => ({ pop, url: UNREADABLE }))];
  expect(ended).toMatchObject({ verdict: "ready", total_count: wanted.length, warm_count: wanted.length });
  const asked = standIn.edge
    .popRequests()
    .filter(({ at, method }) => at >= since && method === "GET")
    .map(({ pop, path }) => `${pop} ${path}`);
  expect(new Set(asked)).toEqual(new Set(wanted.map(({ pop, url }) => `${pop} ${new URL(url).pathname}`)));
  expect(await askAgain(standIn, URLS, POPS), "what is cold").toEqual([]);
  await page.getByText(say("allWarm")).waitFor();
  await operator.shows(ended, sentenceDifferences, reasonDifferences, countDifferences);
  await operator.look("retried");
}

/** The file that a link leads to. It is of another origin: the deployment's bucket. */
async function download({ page, allowed }: Operator, link: Locator): Promise<string> {
  allowed.call = (await link.getAttribute("href")) ?? undefined;
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const text = await readFile(await file.path(), "utf8");
  allowed.call = undefined;
  return text;
}

/** A request is stopped while it runs: whoever presses Enter keeps it running, and what is warm by then stays counted. */
export async function stopOne(operator: Operator): Promise<void> {
  const { page, api, say, trouble } = operator;
  trouble.holdThree();
  const id = (await api.start(bodyOf(GOOD_URLS, POPS))).value.request_id;
  await operator.open(id);
  const done = GOOD_URLS.length * POPS.length - HELD;
  await operator.told(id, "as far as it comes", ({ download_count }) => download_count === done);
  const stop = page.locator(".request-head .danger");
  const dialog = page.locator("dialog[open]");
  await stop.click();
  await dialog.getByText(say("stopSays", { count: HELD })).waitFor();
  await operator.look("stop-asks");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  expect(isTerminal((await api.progress(id)).value.status), "Enter has stopped it").toBe(false);
  await stop.click();
  await dialog.locator(".danger").click();
  const ended = await operator.told(id, "stopped and counted", ({ verdict }) => verdict !== undefined);
  expect(ended).toMatchObject({
    status: "STOPPED",
    total_count: done + HELD,
    download_count: done,
    warm_count: done,
  });
  const untried = page.locator(".reason h3").filter({ hasText: say("untriedTitle") });
  await untried.waitFor();
  await expect(page.locator(".matrix .pop.under_way")).toHaveCount(0);
  await page.getByRole("button", { name: say("retry", { count: HELD }) }).waitFor();
  await operator.shows(ended, sentenceDifferences, countDifferences);
  await operator.look("stopped");
  trouble.release();
}
