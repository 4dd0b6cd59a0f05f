import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Page } from "playwright-core";

/** Of WebP: letters are sharp, and a picture has half the bytes of a PNG. */
const QUALITY = 90;
/** Pixels of a picture for one of the page. */
const SCALE = 1.5;

/** Takes a picture of what a page shows. @param clip a part of it, in pixels of the page. @default its window */
export async function take(
  page: Page,
  path: string,
  clip: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } = windowOf(page),
): Promise<void> {
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: QUALITY,
    clip: { ...clip, scale: SCALE },
  });
  await session.detach();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(data, "base64"));
}

function windowOf(page: Page) {
  const size = page.viewportSize();
  if (size === null) throw new Error("The page has no size of its own");
  return { x: 0, y: 0, ...size };
}
