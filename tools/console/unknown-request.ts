import type { Browser } from "playwright-core";
import { SCENES } from "./made-up.ts";
import type { PageServer } from "./page-server.ts";
import { unlock, watchedPage } from "./watched-page.ts";

/** A link to a request that is not there: said once, with a way back, and not asked for again. @returns what went wrong */
export async function unknownRequest(browser: Browser, server: PageServer): Promise<string[]> {
  const allowed = { message: /Failed to load resource/ };
  const { page, faults, close } = await watchedPage(browser, server.url, { width: 1280, height: 800 }, allowed);
  const unknown = SCENES["unknown"] ?? (() => undefined);
  let asked = 0;
  server.say((route, query) => {
    if (route === "GET prewarm") asked++;
    return unknown(route, query);
  });
  await page.clock.install();
  await unlock(page, server.url, server.key);
  await page.evaluate("location.hash = '#/r/deadbeef'");
  await page.getByRole("heading", { name: "There is no request deadbeef" }).waitFor();
  await page.clock.runFor(120_000);
  if (asked !== 1) faults.push(`it is asked for ${asked} times`);
  if (await page.getByText("Connecting").isVisible()) faults.push("it says that it connects");
  await page.getByRole("link", { name: "Back to the requests" }).click();
  await page.waitForSelector("[data-row]");
  await close();
  return faults.map((fault) => `unknown request: ${fault}`);
}
