import type { Progress } from "../../../client/answers.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { hasFailedFor, isHeld, reasonsIn } from "./failing.ts";
import type { Operator } from "./operator.ts";
import { bodyOf, sendByForm } from "./send.ts";
import { badPopDifferences, countDifferences, reasonDifferences, sentenceDifferences } from "./shown.ts";
import { FAILS_AT_MANY, FEW_URLS, MANY_POPS, type Trouble } from "./trouble.ts";

/** CSS pixels of a small cell. */
const CELL = 18;
/** So many rows of the list are made at most, whatever the number of POPs. */
const MOST_ROWS = 60;

/** Hundreds of POPs, while they are warmed and at the end: small cells, keys, RECs without trouble folded, the list, the map. */
export async function watchMany(operator: Operator, trouble: Trouble): Promise<void> {
  trouble.atMany();
  const id = await sendByForm(operator, bodyOf(FEW_URLS, MANY_POPS));
  await operator.page.locator(".pops .rec").first().waitFor();
  const running = await operator.told(
    id,
    "as far as it comes",
    (told) => hasFailedFor(told, FAILS_AT_MANY) && isHeld(told),
  );
  operator.is("it has ended already", !isTerminal(running.status));
  await operator.until("under way", async () => [
    ...(await reasonDifferences(operator, running)),
    ...(await badPopDifferences(operator, running)),
    ...(await countDifferences(operator, running)),
  ]);
  await matrix(operator);
  await operator.look("under-way");
  await folded(operator, running);
  await map(operator);
  await list(operator);

  trouble.release();
  const ended = await operator.told(id, "ended with a verdict", ({ verdict }) => verdict !== undefined);
  operator.equal("the verdict", ended.verdict, "not_ready");
  operator.is(`failed otherwise: ${reasonsIn(ended)}`, hasFailedFor(ended, FAILS_AT_MANY));
  await operator.page.locator(".files a").first().waitFor();
  await operator.until("at the end", async () => [
    ...(await reasonDifferences(operator, ended)),
    ...(await sentenceDifferences(operator, ended)),
    ...(await countDifferences(operator, ended)),
    ...(await badPopDifferences(operator, ended)),
  ]);
  // They are folded from the beginning: in the narrow column there is no room for hundreds.
  await checkFold(operator, ended);
  await operator.look("ended");
  await unfold(operator);
}

/** A cell of 18 pixels a POP; one stop of the Tab key, and arrows within it. */
async function matrix(operator: Operator): Promise<void> {
  const { page } = operator;
  const cells = page.locator(".matrix.small-cells .pop");
  operator.equal("cells", await cells.count(), MANY_POPS.length);
  const box = await cells.first().boundingBox();
  operator.equal("a cell", { width: box?.width, height: box?.height }, { width: CELL, height: CELL });
  const stop = page.locator('.matrix .pop[tabindex="0"]');
  operator.equal("stops of the Tab key", await stop.count(), 1);
  const last = (await page.locator('.matrix .pop[data-at^="0 "]').count()) - 1;
  // Within the first two RECs, which have dozens of POPs.
  const moves = [
    ["ArrowRight", "0 1"],
    ["ArrowDown", "1 1"],
    ["Home", "1 0"],
    ["ArrowLeft", `0 ${last}`],
    ["Home", "0 0"],
  ] as const;
  await stop.focus();
  for (const [key, at] of moves) {
    await page.keyboard.press(key);
    const place = await page.evaluate("document.activeElement.dataset.at");
    operator.equal(`where ${key} leads`, place, at);
    await operator.until(`after ${key}`, async () => {
      const words = await page.locator(`[data-at="${at}"]`).getAttribute("aria-label");
      return (await page.locator(".pop-line").textContent()) === words ? [] : [`${words} is not told`];
    });
  }
}

/** RECs without trouble fold at a key, and come back at it. */
async function folded(operator: Operator, told: Progress): Promise<void> {
  await operator.page.keyboard.press("f");
  await checkFold(operator, told);
  await operator.look("failed-only");
  await unfold(operator);
}

/** RECs without trouble stand behind a line that says how many they are. */
async function checkFold(operator: Operator, { pops }: Progress): Promise<void> {
  const { page, say } = operator;
  const all = new Set(pops.map(({ rec }) => rec));
  const bad = new Set(pops.filter(({ failed_count }) => failed_count > 0).map(({ rec }) => rec));
  const fine = all.size - bad.size;
  await page.getByText(say("recFine", [String(fine)], fine)).waitFor();
  operator.equal("RECs with trouble", await page.locator(".matrix .rec").count(), bad.size);
}

async function unfold({ page }: Operator): Promise<void> {
  await page.keyboard.press("f");
  await page
    .locator(".matrix .pop")
    .nth(MANY_POPS.length - 1)
    .waitFor();
}

/** Discs of metros, and a ring around each where something failed. */
async function map(operator: Operator): Promise<void> {
  const { page } = operator;
  await page.keyboard.press("v");
  await page.locator(".map .metro-state").first().waitFor();
  operator.is("metros are missing on the map", (await page.locator(".map .metro-state").count()) > 80);
  operator.is("the map shows no trouble", (await page.locator(".map .trouble.failed").count()) > 0);
  await operator.look("map");
}

/** A row a POP, of which only those in sight are made. */
async function list(operator: Operator): Promise<void> {
  const { page } = operator;
  await page.keyboard.press("v");
  const rows = page.locator(".pop-list tbody tr[aria-rowindex]");
  await rows.first().waitFor();
  const last = String(MANY_POPS.length + 1);
  operator.equal("rows told", await page.locator(".pop-list table").getAttribute("aria-rowcount"), last);
  await operator.look("list");
  await page.evaluate("document.querySelector('.pop-list').scrollTo(0, 1e6)");
  await page.locator(`.pop-list tr[aria-rowindex="${last}"]`).waitFor();
  const made = await rows.count();
  operator.is(`${made} rows are made`, made <= MOST_ROWS);
}
