import type { Browser } from "playwright-core";
import { SCENES } from "./made-up.ts";
import type { PageServer } from "./page-server.ts";
import { watchedPage } from "./watched-page.ts";

const ROUTE = "#/r/e059b77b-e427-4489-a50b-4d8c652f114c";

/** What `prewarm open ID` opens: the route survives the redirect to the page and the question for the key. @returns what went wrong */
export async function deepLink(browser: Browser, server: PageServer): Promise<string[]> {
  const { page, faults, close } = await watchedPage(browser, server.url, { width: 1280, height: 800 });
  server.say(SCENES["usual"] ?? (() => undefined));
  await page.goto(`${server.url}${ROUTE}`);
  await page.fill("#key", server.key);
  await page.click("button[type=submit]");
  await page.waitForSelector(".request-head");
  if (new URL(page.url()).hash !== ROUTE) faults.push(`the address is ${page.url()}`);
  if (page.url().includes(server.key)) faults.push("the key is in the address");
  await close();
  return faults.map((fault) => `deep link: ${fault}`);
}
