import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { accessibilityFaults } from "./accessibility.ts";
import { SCENES } from "./made-up.ts";
import type { PageServer } from "./page-server.ts";
import { PICTURES } from "./pictures.ts";
import { unlock, type Window, watchedPage } from "./watched-page.ts";

const REQUEST = "3f9c2a71-0000-4000-8000-000000000001";

/**
 * The report page as the console saves it, under the console's own policy, and then as whoever gets it sees it: on a screen and on
 * paper. @returns what went wrong
 */
export async function lookAtReport(browser: Browser, server: PageServer, window: Window): Promise<string[]> {
  const { width, height, dark = false, language = "en" } = window;
  const name = `report-${width}-${language}-${dark ? "dark" : "light"}`;
  const file = join(PICTURES, `${name}.html`);
  const faults = await saveByConsole(browser, server, window, file);
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
  try {
    const page = await context.newPage();
    page.on("console", (message) => faults.push(message.text()));
    page.on("request", (request) => {
      if (request.url() !== pathToFileURL(file).href) faults.push(`it asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    if ((await page.evaluate("document.documentElement.scrollWidth > innerWidth")) === true)
      faults.push("it is wider than the window");
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    await page.pdf({ path: join(PICTURES, `${name}.pdf`), format: "A4" });
    faults.push(...(await accessibilityFaults(page)));
  } finally {
    await context.close();
  }
  if (/<script|X-Amz/i.test(readFileSync(file, "utf8"))) faults.push("it has a script, or a signed link");
  return faults.map((fault) => `${name}: ${fault}`);
}

async function saveByConsole(browser: Browser, server: PageServer, window: Window, file: string): Promise<string[]> {
  const { page, faults, close } = await watchedPage(browser, server.url, window);
  try {
    server.say(SCENES["usual"] ?? (() => undefined));
    await unlock(page, server.url, server.key);
    await page.evaluate(`location.hash = "#/r/${REQUEST}"`);
    // On a phone the one at the top has no room.
    const button = page.locator(window.width > 640 ? ".report-button" : ".files .link");
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    if (download.suggestedFilename() !== "prewarm-3f9c2a71.html") faults.push("its file is called otherwise");
    await download.saveAs(file);
  } finally {
    await close();
  }
  return faults;
}
