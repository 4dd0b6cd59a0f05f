import { RUNNING_ID, SCENES } from "./api-answers.ts";
import { expect, goTo, test, unlock } from "./console-test.ts";

test("a link to a request, such as `prewarm open` opens, survives the redirect and the question for the key", async ({
  page,
  deployment,
  server,
}) => {
  server.say(SCENES.usual);
  await unlock(page, deployment, `#/r/${RUNNING_ID}`);
  await page.waitForSelector(".request-head");
  expect(new URL(page.url()).hash).toBe(`#/r/${RUNNING_ID}`);
  expect(page.url()).not.toContain(deployment.key);
});

test("a request that is not there is said once, with a way back, and not asked for again", async ({
  page,
  deployment,
  server,
  allowed,
}) => {
  allowed.message = /Failed to load resource/;
  let calls = 0;
  server.say((route, query) => {
    if (route === "GET prewarm") calls++;
    return SCENES.unknown(route, query);
  });
  await page.clock.install();
  await unlock(page, deployment);
  await goTo(page, "#/r/deadbeef");
  await page.getByRole("heading", { name: "Request deadbeef not found" }).waitFor();
  await page.clock.runFor(120_000);
  expect(calls).toBe(1);
  await expect(page.getByText("Connecting")).toBeHidden();
  await page.getByRole("link", { name: "Back to requests" }).click();
  await page.waitForSelector("[data-row]");
});
