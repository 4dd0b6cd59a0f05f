import type { Browser, Page } from "playwright-core";

/** A page whose errors and calls are noted. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console, of the page's policy, and calls of another host than the page's, as they came. */
  readonly faults: string[];
  close(): Promise<void>;
}

export interface Window {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  readonly language?: "en" | "zh";
}

/** @param mayFail messages of the console that a scene brings with it, such as that of a call without an answer */
export async function watchedPage(browser: Browser, window: Window, mayFail = /^$/): Promise<WatchedPage> {
  const { width, height, dark = false, language = "en" } = window;
  const context = await browser.newContext({
    ...{ viewport: { width, height }, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" },
    ...{ locale: language === "zh" ? "zh-CN" : "en-GB", timezoneId: "Asia/Singapore" },
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !mayFail.test(message.text())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(`an error that nobody caught: ${error.message}`));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== "localhost" || protocol !== "http:") faults.push(`a call of another host: ${request.url()}`);
  });
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))",
  );
  return { page, faults, close: () => context.close() };
}

/** Types the key into the question, and waits for what it opens. */
export async function unlock(page: Page, url: string, key: string): Promise<void> {
  await page.goto(url);
  await page.fill("#key", key);
  await page.click("button[type=submit]");
  await page.waitForSelector("header.top");
}
