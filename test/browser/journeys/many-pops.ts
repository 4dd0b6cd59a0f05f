import type { Progress } from "../../../client/answers.ts";
import { expect } from "../console-test.ts";
import type { Operator } from "./operator.ts";
import { watchToEnd } from "./shown.ts";
import { bodyOf, FAILS_AT_MANY, FEW_URLS, MANY_POPS } from "./trouble.ts";

/** CSS pixels of a small cell. */
const CELL = 18;
/** So many rows of the list are made at most, whatever the number of POPs. */
const MAX_ROWS = 60;

/** Hundreds of POPs, while they are warmed and at the end: small cells, keys, RECs without trouble folded, the list, the map. */
export async function watchMany(operator: Operator): Promise<void> {
  const { page, trouble } = operator;
  trouble.atMany();
  const id = await operator.send(bodyOf(FEW_URLS, MANY_POPS));
  const look = async (running: Progress) => {
    await matrix(operator);
    await operator.look("under-way");
    await page.keyboard.press("f");
    await checkFold(operator, running);
    await operator.look("failed-only");
    await unfold(operator);
    await map(operator);
    await list(operator);
    // The address keeps what was chosen: at the end the page is as a link to the request opens it.
    await operator.open(id);
  };
  const ended = await watchToEnd(operator, { id, reasons: FAILS_AT_MANY, look });
  // They are folded from the beginning: in the narrow column there is no room for hundreds.
  await checkFold(operator, ended);
  await operator.look("ended");
  await unfold(operator);
}

/** A cell of 18 pixels a POP; one stop of the Tab key, and arrows within it. */
async function matrix({ page }: Operator): Promise<void> {
  const cells = page.locator(".matrix.small-cells .pop");
  await expect(cells).toHaveCount(MANY_POPS.length);
  expect(await cells.first().boundingBox()).toMatchObject({ width: CELL, height: CELL });
  const stop = page.locator('.matrix .pop[tabindex="0"]');
  await expect(stop).toHaveCount(1);
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
    const cell = page.locator(`[data-at="${at}"]`);
    await expect(cell, `after ${key}`).toBeFocused();
    const words = (await cell.getAttribute("aria-label")) ?? "none";
    await expect(page.locator(".pop-line"), `after ${key}`).toHaveText(words);
  }
}

/** RECs without trouble stand behind a line that says how many they are. */
async function checkFold({ page, say }: Operator, { pops }: Progress): Promise<void> {
  const all = new Set(pops.map(({ rec }) => rec));
  const bad = new Set(pops.filter(({ failed_count }) => failed_count > 0).map(({ rec }) => rec));
  const fine = all.size - bad.size;
  await page.getByText(say("recFine", { count: fine })).waitFor();
  await expect(page.locator(".matrix .rec")).toHaveCount(bad.size);
}

async function unfold({ page }: Operator): Promise<void> {
  await page.keyboard.press("f");
  const lastCell = page.locator(".matrix .pop").nth(MANY_POPS.length - 1);
  await lastCell.waitFor();
}

/** Discs of metros, and a ring around each where something failed. */
async function map(operator: Operator): Promise<void> {
  const { page } = operator;
  await page.keyboard.press("v");
  await page.locator(".map .metro-state").first().waitFor();
  expect(await page.locator(".map .metro-state").count(), "metros on the map").toBeGreaterThan(80);
  expect(await page.locator(".map .trouble.failed").count(), "metros with trouble").toBeGreaterThan(0);
  await operator.look("map");
}

/** A row a POP, of which only those in sight are made. */
async function list(operator: Operator): Promise<void> {
  const { page } = operator;
  await page.keyboard.press("v");
  const rows = page.locator(".pop-list tbody tr[aria-rowindex]");
  await rows.first().waitFor();
  const last = String(MANY_POPS.length + 1);
  await expect(page.locator(".pop-list table")).toHaveAttribute("aria-rowcount", last);
  await operator.look("list");
  await page.locator(".pop-list").evaluate((it) => it.scrollTo(0, 1e6));
  await page.locator(`.pop-list tr[aria-rowindex="${last}"]`).waitFor();
  expect(await rows.count(), "rows that are made").toBeLessThanOrEqual(MAX_ROWS);
}
