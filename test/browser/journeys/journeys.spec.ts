// What an operator does, in the stack that is deployed on this machine. The stand-in edge makes tasks fail for known reasons. What the
// page shows is compared with the API's answers, and those with what the edge was made to do and what it was asked for.
import { LANGUAGES } from "../../../domain/format.ts";
import { expect, unlock } from "../console-test.ts";
import { watchMany } from "./many-pops.ts";
import { type Operator, test } from "./operator.ts";
import { retryAll, stopOne, watchFail } from "./twelve-pops.ts";

/** What the page's policy must say, whatever else it says. */
const POLICY = [/(^|;)\s*default-src 'none'/, /(^|;)\s*frame-ancestors 'none'/, /(^|;)\s*base-uri 'none'/];

for (const language of LANGUAGES)
  test.describe(`in ${language}`, { tag: language === "en" ? [] : "@long" }, () => {
    test.use({ language });

    test("a request to 12 POPs fails for many reasons, is retried after all is mended, and another is stopped", async ({
      operator,
    }) => {
      await enter(operator);
      const failed = await watchFail(operator);
      await retryAll(operator, failed);
      await stopOne(operator);
      await leave(operator);
    });

    test("a request to 400 POPs is watched to its end", { tag: "@long" }, async ({ operator }) => {
      await enter(operator);
      await watchMany(operator);
      await leave(operator);
    });
  });

/** A wrong key is said to be wrong, and the right one opens. */
async function enter(operator: Operator): Promise<void> {
  const { page, allowed, deployment, say } = operator;
  const answer = await page.goto(deployment.url);
  const policy = answer?.headers()["content-security-policy"] ?? "";
  expect(policy).not.toContain("unsafe");
  for (const part of POLICY) expect(policy).toMatch(part);
  allowed.message = /status of 403/;
  await page.fill("#key", "not-the-key");
  await page.click("button[type=submit]");
  await page.getByText(say("keyWrong")).waitFor();
  await operator.look("wrong-key");
  allowed.message = undefined;
  await unlock(page, deployment);
}

/** After Lock nothing of the key is left, and it never was in the address. */
async function leave({ page, deployment }: Operator): Promise<void> {
  expect(page.url()).not.toContain(deployment.key);
  await page.click(".lock");
  await page.waitForSelector("#key");
  const kept = await page.evaluate(() => JSON.stringify([sessionStorage, localStorage, document.cookie]));
  expect(kept).not.toContain(deployment.key);
}
