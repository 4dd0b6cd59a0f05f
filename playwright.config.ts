import { defineConfig } from "@playwright/test";
import { chromiumLaunch } from "./test/browser/chromium.ts";

const DESKTOP = { width: 1_280, height: 800 };
const TABLET = { width: 820, height: 1_000 };
const PHONE = { width: 390, height: 844 };
/** `npm run test:rest browser` runs the first and the last: between them they have both widths, themes and languages. */
const WINDOWS = [
  { name: "desktop", use: { viewport: DESKTOP } },
  { name: "desktop-zh-dark", use: { viewport: DESKTOP, locale: "zh-CN", colorScheme: "dark" } },
  { name: "tablet-dark", use: { viewport: TABLET, colorScheme: "dark" } },
  { name: "phone", use: { viewport: PHONE } },
  { name: "phone-zh-dark", use: { viewport: PHONE, locale: "zh-CN", colorScheme: "dark" } },
] as const;

export default defineConfig({
  testDir: "test/browser",
  outputDir: ".local/browser",
  reporter: "list",
  forbidOnly: process.env["CI"] !== undefined,
  workers: 2,
  timeout: 60_000,
  use: {
    launchOptions: await chromiumLaunch(),
    locale: "en-GB",
    colorScheme: "light",
    timezoneId: "Asia/Singapore",
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "on",
    trace: "retain-on-failure",
  },
  projects: [
    // One worker runs this file, and starts one stack for all of its tests.
    {
      name: "stack",
      testMatch: "journeys/*.spec.ts",
      timeout: 1_800_000,
      expect: { timeout: 60_000 },
      use: { viewport: DESKTOP, actionTimeout: 120_000 },
    },
    ...WINDOWS.map((window) => ({ ...window, testMatch: "views.spec.ts" })),
    {
      name: "actions",
      testMatch: "{accuracy,form,links,conventions,grid}.spec.ts",
      use: { viewport: DESKTOP, actionTimeout: 8_000 },
    },
  ],
});
