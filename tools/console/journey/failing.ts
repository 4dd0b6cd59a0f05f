import type { Progress } from "../../../client/answers.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import type { Operator } from "./operator.ts";
import { bodyOf, sendByForm } from "./send.ts";
import { badPopDifferences, countDifferences, reasonDifferences, sentenceDifferences } from "./shown.ts";
import { FAILS_AT_TWELVE, HELD, POPS, type Reasons, type Trouble, UNREADABLE, URLS } from "./trouble.ts";

/** A request that fails for many reasons: looked at while it runs, and at its end. @returns what the API tells of it at last */
export async function watchFail(operator: Operator, trouble: Trouble): Promise<Progress> {
  const { page } = operator;
  trouble.atTwelve();
  const id = await sendByForm(operator, bodyOf(URLS, POPS));
  // Who loads the page anew is not asked for the key again.
  await page.reload();
  await page.locator(".pops .rec").first().waitFor();
  const running = await operator.told(
    id,
    "as far as it comes",
    (told) => isHeld(told) && hasFailedFor(told, FAILS_AT_TWELVE),
  );
  operator.is("it has ended already", !isTerminal(running.status));
  await operator.until("under way", async () => [
    ...(await reasonDifferences(operator, running)),
    ...(await badPopDifferences(operator, running)),
    ...(await countDifferences(operator, running)),
  ]);
  operator.equal("tiles", await page.locator(".matrix:not(.small-cells) .pop").count(), POPS.length);
  await operator.look("under-way");

  trouble.release();
  const ended = await operator.told(id, "ended with a verdict", ({ verdict }) => verdict !== undefined);
  operator.equal("the verdict", ended.verdict, "not_ready");
  operator.is(`failed otherwise: ${reasonsIn(ended)}`, hasFailedFor(ended, FAILS_AT_TWELVE));
  await page.locator(".files a").first().waitFor();
  await operator.until("at the end", async () => [
    ...(await reasonDifferences(operator, ended)),
    ...(await sentenceDifferences(operator, ended)),
    ...(await countDifferences(operator, ended)),
    ...(await badPopDifferences(operator, ended)),
    ...((await page.getByText(UNREADABLE).count()) === 1 ? [] : ["the URL that is not there is not named"]),
  ]);
  await operator.look("ended");
  return ended;
}

/** All has a result but what the edge holds. */
export function isHeld({ total_count, download_count }: Progress): boolean {
  return total_count > 0 && total_count - download_count === HELD;
}

/** Whether so many tasks failed for each reason. URLs and POPs that never became tasks have groups of their own. */
export function hasFailedFor(told: Progress, reasons: Reasons): boolean {
  const expected = Object.entries(reasons).map(([code, tasks]) => `${code} ${tasks}`);
  return reasonsIn(told) === expected.toSorted().join(", ");
}

export function reasonsIn({ failures = [] }: Progress): string {
  return failures
    .filter(({ subject }) => subject === "task")
    .map(({ code, tasks }) => `${code} ${tasks}`)
    .toSorted()
    .join(", ");
}
