import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { ROOT } from "../../../tools/local/paths.ts";

/** Where the pictures of the documents are. Those of a page in Chinese have the same names below `zh/`. */
export const PICTURES = join(ROOT, "docs/pictures");
/** Where the operator of the pictures sits. */
export const TIME_ZONE = "Asia/Singapore";

/** Of WebP: letters are sharp, and a picture has half the bytes of a PNG, which is all that Playwright writes. */
const QUALITY = 90;
/** Pixels of a picture for one of the page. */
const SCALE = 1.5;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Takes a picture of the window in each theme: `NAME-light.webp`, `NAME-dark.webp`. */
export async function photograph(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  if (size === null) throw new Error("The page has no size of its own");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await take(page, { x: 0, y: 0, ...size }, join(PICTURES, `${name}-${colorScheme}.webp`));
  }
}

/** Takes a picture of a part of a page. */
export async function take(page: Page, box: Box, path: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: QUALITY,
    clip: { ...box, scale: SCALE },
  });
  await session.detach();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(data, "base64"));
}

const SHEET = createRequire(import.meta.url).resolve("@fontsource-variable/noto-sans-sc/index.css");
const ADDRESS = "/picture-fonts/";

/**
 * The page has the fonts of its reader's system. In pictures they are the same on every machine: Noto Sans SC has both languages.
 * @returns the style that a page needs; what it loads is answered from the package
 */
export async function serveFonts(context: BrowserContext): Promise<string> {
  await context.route(`**${ADDRESS}*`, (route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1) ?? "";
    return route.fulfill({ path: join(dirname(SHEET), "files", name) });
  });
  const faces = readFileSync(SHEET, "utf8").replaceAll("./files/", ADDRESS);
  return `${faces}\n:root, :root:lang(zh) { --sans: "Noto Sans SC Variable", sans-serif }`;
}
