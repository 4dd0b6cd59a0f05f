import type { Page } from "@playwright/test";
import type { Progress } from "../../../client/answers.ts";
import { reasonText } from "../../../domain/readiness/reasons.ts";
import { sentence } from "../../../domain/readiness/sentence.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { readReason } from "../../../domain/result/failure.ts";
import { expect } from "../console-test.ts";
import type { Operator } from "./operator.ts";
import { isHeld, taskReasons } from "./trouble.ts";

/** A reason as the page shows it. */
interface Shown {
  readonly title: string;
  /** Its paragraphs. */
  readonly text: string;
  readonly examples: readonly string[];
}

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

/**
 * What the page shows otherwise than the API tells it: each reason's count, POPs, examples and what to do. At the end also the
 * objects, and what viewers meet.
 */
export async function reasonDifferences({ page, language, say }: Operator, told: Progress): Promise<string[]> {
  const shown = await reasonsOn(page);
  const ended = told.verdict !== undefined;
  const counted = (name: "taskCount" | "objectCount" | "popCount", n: number) => say(name, [String(n)], n);
  const missing = (told.failures ?? []).flatMap(({ code, subject, tasks, pops, urls, examples }) => {
    const words = reasonText(readReason(code), language);
    const scope = {
      task: undefined,
      url: say("unreadableCount", [String(urls)], urls ?? 0),
      pop: say("unresolvedCount", [String(pops)], pops),
    }[subject];
    const row = shown.find(
      ({ title, text }) => title === words.title && (scope === undefined || saysIn(text, squeezed(scope))),
    );
    if (row === undefined) return [`the reason ${code} of a ${subject} is not shown`];
    if (scope !== undefined)
      return saysIn(row.text, squeezed(words.next)) ? [] : [`${code} does not say "${words.next}": ${row.text}`];
    const said = [
      counted("taskCount", tasks),
      pops === 1 ? (examples[0]?.pop ?? "") : counted("popCount", pops),
      words.next,
      ...(ended ? [counted("objectCount", urls ?? 0), words.viewers] : []),
    ];
    const unsaid = said.filter((text) => !saysIn(row.text, squeezed(text)));
    const unshown = examples.filter(({ url, pop, error }) => {
      const where = [pop, ...(error === undefined ? [] : [error])].join(" · ");
      return !row.examples.includes(squeezed(url + where));
    });
    return [
      ...unsaid.map((text) => `${code} does not say "${text}": ${row.text}`),
      ...unshown.map(({ url, pop }) => `${code} does not show ${url} at ${pop} as an example`),
      ...(examples.length === 0 ? [`${code} has no example`] : []),
    ];
  });
  const titles = (told.failures ?? []).map(({ code }) => reasonText(readReason(code), language).title);
  const left = [say("untriedTitle")];
  const more = shown.filter(({ title }) => !titles.includes(title) && !left.some((it) => title.startsWith(it)));
  return [...missing, ...more.map(({ title }) => `a reason that the API does not tell: ${title}`)];
}

async function reasonsOn(page: Page): Promise<Shown[]> {
  const rows = await page.locator(".reasons > .reason").all();
  return Promise.all(
    rows.map(async (row) => ({
      title: ((await row.locator("h3").textContent()) ?? "").trim(),
      text: squeezed((await row.locator("p").allTextContents()).join("\n")),
      examples: (await row.locator(".examples li").allTextContents()).map(squeezed),
    })),
  );
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
