import type { Browser, Page } from "playwright-core";

/** A page whose errors and calls are noted. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console and of the page, breaches of its policy, and calls of another origin than its own, as they came. */
  readonly faults: string[];
  /** What is no fault, as long as it stands here. */
  readonly allowed: Allowed;
  /** How long tasks of the page's thread took, in milliseconds, beyond the 50 that a browser calls long. */
  longTasks(): Promise<number[]>;
  close(): Promise<void>;
}

export interface Allowed {
  /** Messages of the console that a scene brings with it, such as that of a call without an answer. */
  message?: RegExp | undefined;
  /** A call of another origin. */
  call?: string | undefined;
}

export interface Window {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  readonly language?: "en" | "zh";
}

const WATCH_POLICY =
  "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI));";
const WATCH_TASKS =
  "globalThis.longTasks = []; new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((it) => it.duration)))" +
  ".observe({ type: 'longtask', buffered: true });";

/** @param url of the page: whatever has another origin must not be asked */
export async function watchedPage(
  browser: Browser,
  url: string,
  window: Window,
  allowed: Allowed = {},
): Promise<WatchedPage> {
  const { width, height, dark = false, language = "en" } = window;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: language === "zh" ? "zh-CN" : "en-GB",
    timezoneId: "Asia/Singapore",
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && allowed.message?.test(message.text()) !== true)
      faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(`an error that nobody caught: ${error.message}`));
  const { origin } = new URL(url);
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin && request.url() !== allowed.call)
      faults.push(`a call of another origin: ${request.url()}`);
  });
  await page.addInitScript(WATCH_POLICY + WATCH_TASKS);
  const longTasks = async () => JSON.parse(String(await page.evaluate("JSON.stringify(longTasks)"))).map(Number);
  return { page, faults, allowed, longTasks, close: () => context.close() };
}

/** Types the key into the question, and waits for what it opens. */
export async function unlock(page: Page, url: string, key: string): Promise<void> {
  await page.goto(url);
  await page.fill("#key", key);
  await page.click("button[type=submit]");
  await page.waitForSelector("header.top");
}
