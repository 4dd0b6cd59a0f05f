import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ApiClient } from "../local/api-client.ts";
import type { LocalPrewarm } from "../local/local-prewarm.ts";
import { DEAD_POP, FILES, HOST } from "../local/world.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { PICTURES } from "./pictures.ts";
import { unlock, watchedPage } from "./watched-page.ts";

/** Two regions' worth of POPs, under five RECs. */
const POPS = [
  ...["SIN2-P1", "SIN2-P2", "SIN52-C2", "BOM78-P1", "NRT57-P2", "NRT57-P3"],
  ...["FRA60-P1", "FRA56-P4", "LHR61-P3", "LHR50-P2", "IAD89-P1"],
];
const MISSING = `https://${HOST}/patch/part-3.bin`;
const PATIENCE_MS = 120_000;

/** What the page says, in each language. */
const SAYS = {
  en: { ended: /^(Ready|Not ready) for traffic/, stopped: /^Stopped/, wrongKey: /does not take this key/ },
  zh: { ended: /^(可以放量|暂不可放量)/, stopped: /^已停止/, wrongKey: /不接受这个密钥/ },
} as const;

/**
 * What an operator does, in the deployed stack on this machine: a wrong key, the key, a request that is watched to its end, its
 * failures, a retry, and a request that is stopped.
 * @returns what went wrong
 */
export async function journey(browser: Browser, prewarm: LocalPrewarm, language: "en" | "zh"): Promise<string[]> {
  const says = SAYS[language];
  const { page, faults, close } = await watchedPage(browser, { width: 1280, height: 800, language }, /status of 403/);
  page.setDefaultTimeout(PATIENCE_MS);
  const api = new ApiClient(prewarm.apiUrl, prewarm.apiKey);
  const look = async (name: string) => {
    await page.screenshot({ path: join(PICTURES, `real-${name}-${language}.png`) });
    faults.push(...(await accessibilityFaults(page)).map((fault) => `${name}: ${fault}`));
  };
  try {
    await page.goto(`${prewarm.apiUrl}console`);
    await page.fill("#key", "not-the-key");
    await page.click("button[type=submit]");
    await page.getByText(says.wrongKey).waitFor();
    await unlock(page, `${prewarm.apiUrl}console`, prewarm.apiKey);
    const id = await sendByForm(page, body([...urls(4), MISSING], [...POPS, DEAD_POP], 5), () => look("new"));
    // Who loads the page anew is not asked for the key again.
    await page.reload();
    await page.locator(".matrix [role=gridcell]").first().waitFor();
    await look("under-way");
    await sentenceIs(page, says.ended);
    await page.locator(".files a").first().waitFor();
    await look("ended");
    if ((await page.locator(".files a").count()) === 0) faults.push("the report is not linked");
    await retry(page, id);
    await look("retried");
    await stopOne(page, api, says.stopped);
    await look("stopped");
    const url = page.url();
    if (url.includes(prewarm.apiKey)) faults.push("the key is in the address");
    await page.click(".lock");
    await page.waitForSelector("#key");
    const kept = await page.evaluate("JSON.stringify([sessionStorage, localStorage, document.cookie])");
    if (String(kept).includes(prewarm.apiKey)) faults.push("the key is still there after Lock");
  } catch (error) {
    await page.screenshot({ path: join(PICTURES, `real-fault-${language}.png`) });
    faults.push(error instanceof Error ? error.message : String(error));
  } finally {
    await close();
  }
  return faults.map((fault) => `journey ${language}: ${fault}`);
}

/** A new request for what is not good, which says whose retry it is. */
async function retry(page: Page, id: string): Promise<void> {
  await page.keyboard.press("r");
  await page.locator("dialog[open] .primary").click();
  await page.waitForURL((url) => /^#\/r\//.test(url.hash) && !url.hash.includes(id));
  await page.locator(`.request-head a[href="#/r/${id}"]`).waitFor();
}

/** A body's file fills the form; the estimate comes, and the question before it is sent. @returns the request id */
async function sendByForm(page: Page, body: object, look: () => Promise<void>): Promise<string> {
  await page.locator(".head a.primary, .empty a.primary").first().click();
  await page.locator("input[type=file]").setInputFiles({
    ...{ name: "request.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(body)) },
  });
  await page.locator(".estimate dl").waitFor();
  await look();
  await page.locator(".send").click();
  await page.locator("dialog[open] .primary").click();
  await page.waitForURL(/#\/r\//);
  return page.url().split("#/r/")[1] ?? "";
}

/** One that nobody works on can be stopped at leisure. */
async function stopOne(page: Page, api: ApiClient, says: RegExp): Promise<void> {
  const id = await api.start(body(urls(15), POPS, 5, 0));
  await page.evaluate(`location.hash = "#/r/${id}"`);
  await page.locator(".request-head .danger").click();
  await page.locator("dialog[open]").waitFor();
  // Whoever presses Enter keeps it running.
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.locator(".request-head .danger").click();
  await page.locator("dialog[open] .danger").click();
  await sentenceIs(page, says);
}

async function sentenceIs(page: Page, says: RegExp): Promise<void> {
  await page.locator(".sentence .says").filter({ hasText: says }).waitFor();
}

function urls(count: number): string[] {
  return Object.keys(FILES)
    .slice(0, count)
    .map((path) => `https://${HOST}${path}`);
}

function body(url_list: readonly string[], pops: readonly string[], timeout: number, instance_count = 2): object {
  return { url_list, cf_domain: HOST, target_type: "pop", pops, timeout, instance_count };
}
