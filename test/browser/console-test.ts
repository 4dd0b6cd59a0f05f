import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { openPageServer, type PageServer } from "./page-server.ts";

export { expect };

/** What the page may do, as long as it stands here, without that its test fails. */
export interface Allowed {
  /** Messages of the browser's console, such as that of a call without an answer. */
  message?: RegExp | undefined;
  /** A call of another origin. */
  call?: string | undefined;
}

/** Where the console is, and the key that opens it. */
export interface Deployment {
  readonly url: string;
  readonly key: string;
}

/**
 * Tests of the console in a browser. A test fails on an error or a warning in the browser's console, an exception, a breach of the
 * page's policy and a call of another origin.
 */
export const test = base.extend<{ allowed: Allowed; deployment: Deployment }, { server: PageServer }>({
  server: [
    async ({}, use) => {
      const server = await openPageServer();
      await use(server);
      await server.close();
    },
    { scope: "worker" },
  ],
  deployment: ({ server }, use) => use(server),
  allowed: ({}, use) => use({}),
  page: async ({ page, deployment, allowed }, use) => {
    const faults: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && allowed.message?.test(message.text()) !== true)
        faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(`an error that nobody caught: ${error.message}`));
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== new URL(deployment.url).origin && request.url() !== allowed.call)
        faults.push(`a call of another origin: ${request.url()}`);
    });
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`policy: ${violatedDirective} ${blockedURI}`),
      );
    });
    await use(page);
    expect(faults).toEqual([]);
  },
});

/** Types the key into the question, and waits for what it opens. @param hash of the view that is wanted, @default the first */
export async function unlock(page: Page, { url, key }: Deployment, hash = ""): Promise<void> {
  await page.goto(url + hash);
  await page.fill("#key", key);
  await page.click("button[type=submit]");
  await page.waitForSelector("header.top");
}

/** Goes to a place in the console, such as `#/new`. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
}

/** Nothing makes the page scroll sideways, and no code breaks into two lines. */
export async function expectFits(page: Page, state: string): Promise<void> {
  const found = await page.evaluate(() => {
    // After a resize the page may be drawn once more, in another form.
    return new Promise<string[]>((resolve) =>
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const { scrollWidth } = document.documentElement;
          const broken = [...document.querySelectorAll("code:not(.break)")].filter(
            (it) => it.getClientRects().length > 1,
          );
          resolve([
            ...(scrollWidth > innerWidth ? [`${scrollWidth} pixels in a window of ${innerWidth}`] : []),
            ...broken.map((it) => `broken: ${it.textContent}`),
          ]);
        }),
      ),
    );
  });
  expect.soft(found, `what does not fit of ${state}`).toEqual([]);
}

/** What is on the screen fits the window, and axe finds nothing wrong with it. */
export async function expectAccessible(page: Page, state = "the page"): Promise<void> {
  await expectFits(page, state);
  // Legacy mode needs no page of its own to sum up frames, of which there are none. Details of rules that are kept take megabytes.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect.soft(found, `what axe says of ${state}`).toEqual([]);
}
