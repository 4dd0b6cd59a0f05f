import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * A real Chromium without a window: the one on the PATH, else the one inside an npm package.
 * @throws Error if neither starts: a test in a browser is never skipped in silence
 */
export async function openBrowser(): Promise<Browser> {
  const own = onPath();
  if (own !== undefined) return chromium.launch({ executablePath: own, args: ["--no-sandbox"] });
  const { default: packed } = await import("@sparticuz/chromium");
  return chromium.launch({ executablePath: await packed.executablePath(), args: packed.args });
}

function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}
