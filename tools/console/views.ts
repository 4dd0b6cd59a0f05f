import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { EMPTY_FORM, type Form } from "../../console/new/form.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { SCENES } from "./made-up.ts";
import { FORM, WRONG_FORM } from "./made-up-form.ts";
import type { PageServer } from "./page-server.ts";
import { PICTURES } from "./pictures.ts";
import { unlock, type Window, watchedPage } from "./watched-page.ts";

interface View {
  readonly name: string;
  readonly hash: string;
  /** @default usual */
  readonly scene?: string;
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

export const VIEWS: readonly View[] = [
  { name: "requests", hash: "#/", shows: "[data-row]" },
  { name: "requests-empty", hash: "#/", scene: "empty", shows: ".empty" },
  { name: "requests-error", hash: "#/", scene: "refused", shows: ".banner", mayFail: FAILED_CALL },
  { name: "requests-lost", hash: "#/", scene: "lost", shows: ".banner", mayFail: FAILED_CALL },
  { name: "under-way", hash: "#/r/e059b77b-e427-4489-a50b-4d8c652f114c", shows: ".chart svg, .look-at" },
  { name: "under-way-stop", hash: "#/r/e059b77b-e427-4489-a50b-4d8c652f114c", shows: ".outcomes", key: "s" },
  { name: "under-way-map", hash: "#/r/e059b77b-e427-4489-a50b-4d8c652f114c", shows: ".outcomes", key: "v" },
  { name: "under-way-list", hash: "#/r/e059b77b-e427-4489-a50b-4d8c652f114c", shows: ".outcomes", key: "vv" },
  { name: "under-way-400", hash: "#/r/many", shows: ".outcomes" },
  { name: "ended-not-ready", hash: "#/r/3f9c2a71-0000-4000-8000-000000000001", shows: ".files" },
  {
    name: "ended-pop",
    hash: "#/r/3f9c2a71-0000-4000-8000-000000000001",
    shows: ".files",
    press: [".pop.bad", ".rec-list summary", ".rec-list button.pop-row"],
    opens: ".failed-urls",
  },
  {
    name: "under-way-open",
    hash: "#/r/e059b77b-e427-4489-a50b-4d8c652f114c",
    shows: ".outcomes",
    press: [".look-at summary", ".rec-list summary"],
  },
  { name: "menu", hash: "#/", shows: "[data-row]", press: [".more-menu summary"] },
  { name: "ended-retry", hash: "#/r/3f9c2a71-0000-4000-8000-000000000001", shows: ".files", key: "r" },
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

/** Looks at the views in one window: takes pictures, and notes what is wrong. */
export async function lookAtViews(
  browser: Browser,
  server: PageServer,
  window: Window,
  views = VIEWS,
): Promise<string[]> {
  mkdirSync(PICTURES, { recursive: true });
  const { width, dark = false, language = "en" } = window;
  const label = `${width}-${language}-${dark ? "dark" : "light"}`;
  const wrong: string[] = [];
  const gate = await watchedPage(browser, server.url, window);
  await gate.page.goto(server.url);
  await gate.page.waitForSelector("#key");
  // It is served from here, as by a local run.
  await gate.page.waitForSelector("text=npm start");
  wrong.push(...(await seen("gate", gate.page, gate.faults)));
  await gate.close();
  for (const view of views) {
    const { page, faults, close } = await watchedPage(browser, server.url, window, { message: view.mayFail });
    server.say(usualScene);
    await unlock(page, server.url, server.key);
    server.say(SCENES[view.scene ?? "usual"] ?? usualScene);
    const draft = JSON.stringify(JSON.stringify({ ...EMPTY_FORM, ...view.form }));
    await page.evaluate(`sessionStorage.setItem("prewarm.draft", ${draft})`);
    // From another place, so that the view begins anew.
    await page.evaluate(`location.hash = ${JSON.stringify(view.hash === "#/" ? "#/settings" : "#/")}`);
    await page.evaluate(`location.hash = ${JSON.stringify(view.hash)}`);
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
    wrong.push(...(await seen(view.name, page, faults)));
    await close();
  }
  return wrong;

  async function seen(name: string, page: Awaited<ReturnType<typeof watchedPage>>["page"], faults: string[]) {
    const wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
    await page.screenshot({ path: join(PICTURES, `${name}-${label}.png`) });
    const found = [
      ...faults,
      ...(wide === true ? ["it is wider than the window"] : []),
      ...(await accessibilityFaults(page)),
    ];
    return found.map((fault) => `${name} ${label}: ${fault}`);
  }
}

const usualScene = SCENES["usual"] ?? (() => undefined);
