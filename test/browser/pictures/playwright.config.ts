// Pictures for the documents. They are written into docs/pictures, so no other run takes them.
import { defineConfig } from "@playwright/test";
import base from "../../../playwright.config.ts";

export default defineConfig({
  testDir: ".",
  outputDir: "../../../.local/pictures",
  reporter: "list",
  timeout: 900_000,
  use: {
    ...base.use,
    viewport: { width: 1_280, height: 800 },
    actionTimeout: 120_000,
    screenshot: "off",
    trace: "off",
  },
});
