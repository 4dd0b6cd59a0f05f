// Each main screen at five widths, in two languages and two themes. Other states of the screens are in views.spec.ts.
import { pathToFileURL } from "node:url";
import type { Page } from "@playwright/test";
import { EMPTY_FORM } from "../../console/new/form.ts";
import { NOT_READY_ID, RUNNING_ID, SCENES } from "./api-answers.ts";
import { expect, expectAccessible, expectFits, goTo, test, unlock } from "./console-test.ts";
import { FORM } from "./form-answers.ts";

const WIDTHS = [390, 820, 1_024, 1_280, 1_920];
const THEMES = ["light", "dark"] as const;
const HEIGHT = 900;

const SCREENS = [
  ["requests", "#/", "[data-row]"],
  ["new", "#/new", ".estimate dl"],
  ["running", `#/r/${RUNNING_ID}`, ".outcomes"],
  ["late", "#/r/late", ".outcomes"],
  ["ready", "#/r/90b7f3a8-1", ".files"],
  ["not-ready", `#/r/${NOT_READY_ID}`, ".files"],
  ["failed", "#/r/b2d8e6f4-1", ".files"],
] as const;

// Each worker takes the next of them.
test.describe.configure({ mode: "parallel" });

for (const [name, hash, shows] of SCREENS)
  test(`${name} fits all windows`, async ({ page, deployment, server }) => {
    server.say(SCENES.usual);
    await unlock(page, deployment);
    const draft = JSON.stringify({ ...EMPTY_FORM, ...FORM });
    await page.evaluate((kept) => sessionStorage.setItem("prewarm.draft", kept), draft);
    await goTo(page, hash);
    await page.waitForSelector(shows);
    for (const language of ["en", "zh-CN"]) {
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await inAllWindows(page, name, language);
      await page.locator("header.top button[lang]").click();
    }
  });

test("the report page fits all windows", async ({ page, deployment, server, context }, testInfo) => {
  server.say(SCENES.usual);
  await unlock(page, deployment, `#/r/${NOT_READY_ID}`);
  const report = await context.newPage();
  for (const language of ["en", "zh-CN"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".report-button").click()]);
    const file = testInfo.outputPath(`report-${language}.html`);
    await download.saveAs(file);
    await report.goto(pathToFileURL(file).href);
    await expect(report.locator("html")).toHaveAttribute("lang", language);
    await inAllWindows(report, "the report", language);
    await page.locator("header.top button[lang]").click();
  }
});

/** The window is resized in place, as people do. axe looks at one width and, beside views.spec.ts, at one language. */
async function inAllWindows(page: Page, what: string, language: string): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      await expectFits(page, `${what} in ${language}, ${colorScheme}, ${width} pixels wide`);
    }
    if (language === "en") await expectAccessible(page, `${what}, ${colorScheme}`);
  }
}
