import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { unlock } from "../console/watched-page.ts";
import { PICTURES } from "./folder.ts";
import { serveFonts } from "./fonts.ts";
import { take } from "./take.ts";

/** Where the operator of the pictures sits. */
export const TIME_ZONE = "Asia/Singapore";
/** The design's. */
const WINDOW = { width: 1_280, height: 800 };

/** The console in one language, unlocked, in a window of the design's size. */
export interface ConsolePage {
  readonly page: Page;
  /** Goes to a place in the console, such as `#/new`. */
  go(hash: string): Promise<void>;
  /** Takes a picture in each theme: `NAME-light.webp`, `NAME-dark.webp`. @returns where they are */
  photograph(name: string): Promise<string[]>;
}

export async function openConsole(
  browser: Browser,
  { apiUrl, apiKey }: { readonly apiUrl: string; readonly apiKey: string },
  language: "en" | "zh",
): Promise<ConsolePage> {
  const context = await browser.newContext({
    viewport: WINDOW,
    reducedMotion: "reduce",
    colorScheme: "dark",
    locale: language === "zh" ? "zh-CN" : "en-GB",
    timezoneId: TIME_ZONE,
    // The page's policy would refuse the fonts.
    bypassCSP: true,
  });
  const style = await serveFonts(context);
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await unlock(page, `${apiUrl}console`, apiKey);
  await page.addStyleTag({ content: style });
  const folder = language === "zh" ? join(PICTURES, "zh") : PICTURES;
  return {
    page,
    go: (hash) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`),
    photograph: async (name) => {
      const paths: string[] = [];
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const path = join(folder, `${name}-${colorScheme}.webp`);
        await take(page, path);
        paths.push(path);
      }
      return paths;
    },
  };
}
