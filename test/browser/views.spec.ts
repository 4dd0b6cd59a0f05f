// Every view of the console, in each window of playwright.config.ts. Answers of the API are of fixtures: states that a real run seldom has.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { EMPTY_FORM, type Form } from "../../console/new/form.ts";
import { NOT_READY_ID, RUNNING_ID, SCENES } from "./api-answers.ts";
import { expect, expectAccessible, goTo, test, unlock } from "./console-test.ts";
import { FORM, INVALIDATING_FORM, WRONG_FORM } from "./form-answers.ts";

type View = readonly [name: string, hash: string, shows: string, more?: More];

/** What is done in a view once it shows something. */
interface More {
  /** @default usual */
  readonly scene?: keyof typeof SCENES;
  /** What stands in the form of a new request already. */
  readonly form?: Partial<Form>;
  /** Pressed, one after the other. */
  readonly key?: string;
  /** Clicked after that, one after the other. */
  readonly press?: readonly string[];
  /** What is there then. */
  readonly opens?: string;
  /** Typed into the field of instances after that, and sent by Enter. */
  readonly typed?: string;
  /** What the browser itself says of this scene's calls. */
  readonly mayFail?: RegExp;
}

const FAILED_CALL = /Failed to load resource/;

const RUNNING = `#/r/${RUNNING_ID}`;
const NOT_READY = `#/r/${NOT_READY_ID}`;

const VIEWS: readonly View[] = [
  ["requests", "#/", "[data-row]"],
  ["requests-empty", "#/", ".empty", { scene: "empty" }],
  ["requests-error", "#/", ".banner", { scene: "refused", mayFail: FAILED_CALL }],
  ["requests-lost", "#/", ".banner", { scene: "lost", mayFail: FAILED_CALL }],
  ["under-way", RUNNING, ".chart svg"],
  ["under-way-stop", RUNNING, ".outcomes", { key: "s" }],
  ["under-way-map", RUNNING, ".outcomes", { key: "v" }],
  ["under-way-list", RUNNING, ".outcomes", { key: "vv" }],
  ["under-way-400", "#/r/many", ".outcomes"],
  ["ended-not-ready", NOT_READY, ".files"],
  ["ended-retry", NOT_READY, ".files", { key: "r" }],
  // All tasks are warm, and a POP did not resolve: retrying will not help.
  ["ended-pop-left-out", "#/r/left-out", ".request-head:not(:has(.primary))"],
  ["unknown", "#/r/deadbeef", ".empty a[href='#/']", { scene: "unknown", mayFail: FAILED_CALL }],
  ["ended-400", "#/r/many-ended", ".files"],
  ["ended-ready", "#/r/90b7f3a8-1", ".files"],
  ["ended-stopped", "#/r/0c93a7f1-1", ".files"],
  ["ended-failed", "#/r/b2d8e6f4-1", ".files"],
  ["new", "#/new", ".estimate dl", { form: FORM }],
  ["new-empty", "#/new", ".new-form"],
  ["new-wrong", "#/new", "text=is not a domain name", { scene: "wrong", form: WRONG_FORM, mayFail: FAILED_CALL }],
  [
    "new-warned",
    "#/new",
    ".estimate dl",
    { scene: "warned", form: INVALIDATING_FORM, opens: ".foreseen li:nth-child(5)" },
  ],
  [
    "new-refused",
    "#/new",
    ".new-send :text('viewer_mtls')",
    { scene: "unfit", form: INVALIDATING_FORM, press: ["#new-invalidate-paths"], mayFail: FAILED_CALL },
  ],
  ["instances", "#/instances", ".wishes li"],
  ["instances-asks", "#/instances", ".wishes li", { typed: "12" }],
  ["settings", "#/settings", ".plain-table"],
  ["keys", "#/", "[data-row]", { key: "?" }],
];

test("the question for the key fits its window and is accessible", async ({ page, deployment }) => {
  await page.goto(deployment.url);
  await page.waitForSelector("#key");
  // It is served from here, as by a local run.
  await page.waitForSelector("text=npm start");
  await expectAccessible(page);
});

for (const [name, hash, shows, { scene = "usual", form, key = "", press = [], opens, typed, mayFail } = {}] of VIEWS)
  test(`${name} fits its window and is accessible`, async ({ page, deployment, server, allowed }) => {
    allowed.message = mayFail;
    server.say(SCENES.usual);
    await unlock(page, deployment);
    server.say(SCENES[scene]);
    const draft = JSON.stringify({ ...EMPTY_FORM, ...form });
    await page.evaluate((kept) => sessionStorage.setItem("prewarm.draft", kept), draft);
    // From another place, so that the view begins anew.
    await goTo(page, hash === "#/" ? "#/settings" : "#/");
    await goTo(page, hash);
    await page.waitForSelector(shows);
    for (const pressed of key) await page.keyboard.press(pressed);
    for (const selector of press) await page.locator(selector).first().click();
    if (opens !== undefined) await page.waitForSelector(opens);
    if (typed !== undefined) {
      await page.fill("#wanted", typed);
      await page.keyboard.press("Enter");
    }
    await expectAccessible(page);
  });

test("the saved report needs no console: on a screen and on paper", async ({ page, deployment, server }, testInfo) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  await goTo(page, `#/r/${NOT_READY_ID}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".report-button").click()]);
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
