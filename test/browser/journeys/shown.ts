import type { Locator } from "@playwright/test";
import type { Progress } from "../../../client/answers.ts";
import { reasonText, statusOfAll } from "../../../domain/readiness/reasons.ts";
import { sentence } from "../../../domain/readiness/sentence.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { readReason } from "../../../domain/result/failure.ts";
import { expect } from "../console-test.ts";
import type { Operator } from "./operator.ts";
import { isHeld, taskReasons } from "./trouble.ts";

interface Watch {
  readonly id: string;
  /** Why how many tasks fail. */
  readonly reasons: string;
  /** Looks at more while it runs. */
  readonly look: (running: Progress) => Promise<void>;
}

/**
 * Watches a request that is not ready at its end: the page shows what the API tells, as far as it comes and at the end.
 * @returns what the API tells of it at last
 */
export async function watchToEnd(operator: Operator, { id, reasons, look }: Watch): Promise<Progress> {
  await operator.page.locator(".pops .rec").first().waitFor();
  const isFar = (told: Progress) => isHeld(told) && taskReasons(told) === reasons;
  const running = await operator.told(id, "as far as it comes", isFar);
  expect(isTerminal(running.status), "it has ended").toBe(false);
  await operator.shows(running, reasonDifferences, badPopDifferences, countDifferences);
  await look(running);

  operator.trouble.release();
  const ended = await operator.told(id, "ended with a verdict", ({ verdict }) => verdict !== undefined);
  expect(ended.verdict).toBe("not_ready");
  expect(taskReasons(ended)).toBe(reasons);
  await operator.page.locator(".files a").first().waitFor();
  await operator.shows(ended, reasonDifferences, sentenceDifferences, countDifferences, badPopDifferences);
  return ended;
}

/** What the page does not show of a reason that the API tells: its count, what to do and its examples; and reasons that it does not tell. */
export async function reasonDifferences({ page, language, say }: Operator, told: Progress): Promise<string[]> {
  const titles = (await page.locator(".reasons > .reason h3").allTextContents()).filter(
    (title) => !title.trim().startsWith(say("untriedTitle")),
  );
  const textOf = async (row: Locator) => squeezed((await row.locator("h3, p, li").allTextContents()).join("|"));
  const rows = await Promise.all((await page.locator(".reasons > .reason").all()).map(textOf));
  const { failures = [] } = told;
  const missing = failures.flatMap((failure) => {
    const { code, subject, tasks, pops, urls, examples } = failure;
    const words = reasonText(readReason(code), language, statusOfAll(failure));
    const count = {
      task: say("taskCount", { count: tasks }),
      url: say("unreadableCount", { count: urls ?? 0 }),
      pop: say("unresolvedCount", { count: pops }),
    }[subject];
    const shown = subject === "task" ? examples.flatMap(({ url = "", pop = "", error = "" }) => [url, pop, error]) : [];
    const parts = [words.title, count, words.next, ...shown].map(squeezed);
    if (subject === "task" && examples.length === 0) return [`${code} has no example`];
    return rows.some((row) => parts.every((part) => saysIn(row, part))) ? [] : [`no reason says ${parts.join(", ")}`];
  });
  return titles.length === failures.length ? missing : [...missing, `reasons on the page: ${titles.join(", ")}`];
}

/** What differs between the page's sentence at the end and the API's: in English its own, in Chinese the same facts. */
export async function sentenceDifferences({ page, language }: Operator, told: Progress): Promise<string[]> {
  const expected = language === "en" ? told.sentence : sentence(told, language);
  const shown = (await page.locator(".sentence .says").textContent()) ?? "";
  return squeezed(shown) === squeezed(expected) ? [] : [`the sentence is "${shown}", not "${expected}"`];
}

/** What differs between the counts of tasks by what came of them. */
export async function countDifferences({ page, say }: Operator, told: Progress): Promise<string[]> {
  const rows = (await page.locator(".outcomes li").allTextContents()).map(squeezed);
  const { warm_count: warm, hit_count: hit, not_kept_count: notKept, failed_count: failed } = told;
  const counts = { warm, hit, notKept, failed: failed - notKept };
  return (["warm", "hit", "notKept", "failed"] as const)
    .map((name) => squeezed(`${say(name)}${new Intl.NumberFormat("en").format(counts[name])}`))
    .filter((text) => !rows.includes(text))
    .map((text) => `${text} is not among the counts: ${rows.join(" ")}`);
}

/** The POPs that the matrix shows as bad, and those that have failed tasks. */
async function badPopDifferences({ page }: Operator, told: Progress): Promise<string[]> {
  const titles = await page.locator(".matrix .pop.bad").evaluateAll((all) => all.map((it) => it.getAttribute("title")));
  // The words of each begin with its code.
  const shown = titles.map((title) => title?.split(/[ :：]/)[0] ?? "");
  const bad = told.pops.filter(({ failed_count }) => failed_count > 0).map(({ pop }) => pop);
  const [are, should] = [shown.toSorted().join(), bad.toSorted().join()];
  return are === should ? [] : [`bad POPs on the matrix: ${are}, not ${should}`];
}

/** Whether a text has this part; a number not as the end of another: `9 tasks` is not in `19 tasks`. */
function saysIn(text: string, part: string): boolean {
  const isNumber = /^\d/.test(part);
  return text.split(part).some((before, index, all) => index < all.length - 1 && !(isNumber && /\d$/.test(before)));
}

/** Without spaces and backticks: the page sets them as it likes. */
function squeezed(text: string): string {
  return text.replaceAll(/[\s`]/g, "");
}
