import type { Response } from "playwright-core";
import { unlock } from "../watched-page.ts";
import type { Operator } from "./operator.ts";

/** What the page's policy must say, whatever else it says. */
const POLICY = [/(^|;)\s*default-src 'none'/, /(^|;)\s*frame-ancestors 'none'/, /(^|;)\s*base-uri 'none'/];

/** A wrong key is said to be wrong, and the right one opens. */
export async function enter(operator: Operator): Promise<void> {
  const { page, url, prewarm, say } = operator;
  checkPolicy(operator, await page.goto(url));
  operator.allowed.message = /status of 403/;
  await page.fill("#key", "not-the-key");
  await page.click("button[type=submit]");
  await page.getByText(say("keyWrong")).waitFor();
  await operator.look("wrong-key");
  operator.allowed.message = undefined;
  await unlock(page, url, prewarm.apiKey);
}

/** After Lock nothing of the key is left, and it never was in the address. */
export async function leave(operator: Operator): Promise<void> {
  const { page, prewarm } = operator;
  operator.is("the key is in the address", !page.url().includes(prewarm.apiKey));
  await page.click(".lock");
  await page.waitForSelector("#key");
  const kept = await page.evaluate("JSON.stringify([sessionStorage, localStorage, document.cookie])");
  operator.is("the key is still there after Lock", !String(kept).includes(prewarm.apiKey));
}

function checkPolicy(operator: Operator, answer: Response | null): void {
  const policy = answer?.headers()["content-security-policy"] ?? "";
  operator.is(`the policy has unsafe parts: ${policy}`, !/unsafe/.test(policy));
  for (const part of POLICY) operator.is(`the policy lacks ${part}: ${policy}`, part.test(policy));
}
