// Every view of the console, in each window of playwright.config.ts. Answers of the API are of fixtures: states that a real run seldom has.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { EMPTY_FORM, type Form } from "../../console/new/form.ts";
import { NOT_READY_ID, RUNNING_ID, SCENES } from "./api-answers.ts";
import { expect, expectAccessible, goTo, test, unlock } from "./console-test.ts";
import { FORM, WRONG_FORM } from "./form-answers.ts";

interface View {
  readonly name: string;
  readonly hash: string;
  /** @default usual */
  readonly scene?: keyof typeof SCENES;
  /** What is there once the view is. */
  readonly shows: string;
  /** What stands in the form of a new request already. */
  readonly form?: Partial<Form>;
  /** Pressed after that, one after the other. */
  readonly key?: string;
  /** Clicked after that, one after the other, where they are: a phone has other things than a desk. */
  readonly press?: readonly string[];
  /** What is there then. */
  readonly opens?: string;
  /** Typed into a field after that, and sent by Enter. */
  readonly typed?: { readonly into: string; readonly text: string };
  /** What the browser itself says of this scene's calls. */
  readonly mayFail?: RegExp;
}

const FAILED_CALL = /Failed to load resource/;

const VIEWS: readonly View[] = [
  { name: "requests", hash: "#/", shows: "[data-row]" },
  { name: "requests-empty", hash: "#/", scene: "empty", shows: ".empty" },
  { name: "requests-error", hash: "#/", scene: "refused", shows: ".banner", mayFail: FAILED_CALL },
  { name: "requests-lost", hash: "#/", scene: "lost", shows: ".banner", mayFail: FAILED_CALL },
  { name: "under-way", hash: `#/r/${RUNNING_ID}`, shows: ".chart svg, .look-at" },
  { name: "under-way-stop", hash: `#/r/${RUNNING_ID}`, shows: ".outcomes", key: "s" },
  { name: "under-way-map", hash: `#/r/${RUNNING_ID}`, shows: ".outcomes", key: "v" },
  { name: "under-way-list", hash: `#/r/${RUNNING_ID}`, shows: ".outcomes", key: "vv" },
  { name: "under-way-400", hash: "#/r/many", shows: ".outcomes" },
  { name: "ended-not-ready", hash: `#/r/${NOT_READY_ID}`, shows: ".files" },
  {
    name: "ended-pop",
    hash: `#/r/${NOT_READY_ID}`,
    shows: ".files",
    press: [".pop.bad", ".rec-list summary", ".rec-list button.pop-row"],
    opens: ".failed-urls",
  },
  {
    name: "under-way-open",
    hash: `#/r/${RUNNING_ID}`,
    shows: ".outcomes",
    press: [".look-at summary", ".rec-list summary"],
  },
  { name: "menu", hash: "#/", shows: "[data-row]", press: [".more-menu summary"] },
  { name: "ended-retry", hash: `#/r/${NOT_READY_ID}`, shows: ".files", key: "r" },
  // All tasks are warm, and a POP did not resolve: retrying will not help.
  { name: "ended-pop-left-out", hash: "#/r/left-out", shows: ".request-head:not(:has(.primary))" },
  { name: "unknown", hash: "#/r/deadbeef", scene: "unknown", shows: ".empty a[href='#/']", mayFail: FAILED_CALL },
  { name: "ended-400", hash: "#/r/many-ended", shows: ".files" },
  { name: "ended-ready", hash: "#/r/90b7f3a8-1", shows: ".files" },
  { name: "ended-stopped", hash: "#/r/0c93a7f1-1", shows: ".files" },
  { name: "ended-failed", hash: "#/r/b2d8e6f4-1", shows: ".files" },
  { name: "new", hash: "#/new", form: FORM, shows: ".estimate dl" },
  { name: "new-empty", hash: "#/new", shows: ".new-form" },
  {
    name: "new-wrong",
    hash: "#/new",
    scene: "wrong",
    form: WRONG_FORM,
    shows: "text=is not a domain name",
    mayFail: FAILED_CALL,
  },
  { name: "instances", hash: "#/instances", shows: ".wishes li" },
  {
    name: "instances-asks",
    hash: "#/instances",
    shows: ".wishes li",
    typed: { into: "#wanted", text: "12" },
  },
  { name: "settings", hash: "#/settings", shows: ".plain-table" },
  { name: "keys", hash: "#/", shows: "[data-row]", key: "?" },
];

test("the question for the key fits its window and is accessible", async ({ page, deployment }) => {
  await page.goto(deployment.url);
  await page.waitForSelector("#key");
  // It is served from here, as by a local run.
  await page.waitForSelector("text=npm start");
  await expectAccessible(page);
});

for (const view of VIEWS)
  test(`${view.name} fits its window and is accessible`, async ({ page, deployment, server, allowed }) => {
    allowed.message = view.mayFail;
    server.say(SCENES.usual);
    await unlock(page, deployment);
    server.say(SCENES[view.scene ?? "usual"]);
    const draft = JSON.stringify({ ...EMPTY_FORM, ...view.form });
    await page.evaluate((kept) => sessionStorage.setItem("prewarm.draft", kept), draft);
    // From another place, so that the view begins anew.
    await goTo(page, view.hash === "#/" ? "#/settings" : "#/");
    await goTo(page, view.hash);
    await page.waitForSelector(view.shows);
    for (const key of view.key ?? "") await page.keyboard.press(key);
    for (const selector of view.press ?? []) {
      const found = page.locator(selector).first();
      if (await found.isVisible()) await found.click();
    }
    if (view.opens !== undefined) await page.waitForSelector(view.opens);
    if (view.typed !== undefined) {
      await page.fill(view.typed.into, view.typed.text);
      await page.keyboard.press("Enter");
    }
    await expectAccessible(page);
  });

test("the saved report needs no console: on a screen and on paper", async ({
  page,
  deployment,
  server,
  viewport,
}, testInfo) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  await goTo(page, `#/r/${NOT_READY_ID}`);
  // On a phone the one at the top has no room.
  const button = page.locator((viewport?.width ?? 0) > 640 ? ".report-button" : ".files .link");
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  expect(download.suggestedFilename()).toBe("prewarm-3f9c2a71.html");
  const file = testInfo.outputPath("report.html");
  await download.saveAs(file);
  expect(readFileSync(file, "utf8")).not.toMatch(/<script|X-Amz/i);

  const saved = await page.context().newPage();
  const { href } = pathToFileURL(file);
  const faults: string[] = [];
  saved.on("console", (message) => faults.push(message.text()));
  saved.on("request", (request) => faults.push(...(request.url() === href ? [] : [`a call: ${request.url()}`])));
  await saved.goto(href);
  await expectAccessible(saved);
  await saved.pdf({ path: testInfo.outputPath("report.pdf"), format: "A4" });
  expect(faults).toEqual([]);
});
