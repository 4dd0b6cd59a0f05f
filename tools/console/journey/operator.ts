import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Progress } from "../../../client/answers.ts";
import type { ApiClient } from "../../../client/api-client.ts";
import { type Say, sayIn } from "../../../console/words/say.ts";
import type { Language } from "../../../domain/format.ts";
import { checkedClient } from "../../local/api-client.ts";
import type { LocalPrewarm } from "../../local/local-prewarm.ts";
import { accessibilityFaults } from "../accessibility.ts";
import { PICTURES } from "../pictures.ts";
import { type WatchedPage, watchedPage } from "../watched-page.ts";

/** What must come at last, on a machine that does much else as well. */
const PATIENCE_MS = 300_000;
/** The page follows what the API says. */
const FOLLOWS_MS = 60_000;
const LOOK_MS = 500;

/** In which colours each state is looked at. */
export type Theme = "light" | "dark";

export interface OperatorOptions {
  readonly browser: Browser;
  readonly prewarm: LocalPrewarm;
  readonly language: Language;
  /** Of the pictures. */
  readonly name: string;
  readonly themes: readonly Theme[];
}

/** Somebody in front of the console of a stack at work, who reads this language and notes what is wrong. */
export class Operator {
  readonly api: ApiClient;
  readonly say: Say;
  readonly url: string;

  private constructor(
    readonly prewarm: LocalPrewarm,
    readonly language: Language,
    private readonly watched: WatchedPage,
    private readonly options: OperatorOptions,
  ) {
    this.api = checkedClient(prewarm);
    this.say = sayIn(language);
    this.url = `${prewarm.apiUrl}console`;
  }

  static async sitDown(options: OperatorOptions): Promise<Operator> {
    const { browser, prewarm, language } = options;
    const watched = await watchedPage(browser, prewarm.apiUrl, { width: 1280, height: 800, language });
    watched.page.setDefaultTimeout(2 * FOLLOWS_MS);
    return new Operator(prewarm, language, watched, options);
  }

  get page(): Page {
    return this.watched.page;
  }

  get allowed(): WatchedPage["allowed"] {
    return this.watched.allowed;
  }

  note(...faults: readonly string[]): void {
    this.watched.faults.push(...faults);
  }

  is(what: string, condition: boolean): void {
    if (!condition) this.note(what);
  }

  equal(what: string, is: unknown, should: unknown): void {
    const [seen, expected] = [JSON.stringify(is), JSON.stringify(should)];
    if (seen !== expected) this.note(`${what}: ${seen}, not ${expected}`);
  }

  /** A picture of what is on the screen and what axe says of it, in each theme. */
  async look(state: string): Promise<void> {
    for (const theme of this.options.themes) {
      await this.page.emulateMedia({ colorScheme: theme });
      await this.picture(`${state}-${theme}`);
      this.note(...(await accessibilityFaults(this.page)).map((fault) => `${state} ${theme}: ${fault}`));
      const wide = await this.page.evaluate("document.documentElement.scrollWidth > innerWidth");
      this.is(`${state} ${theme}: it is wider than the window`, wide === false);
    }
  }

  /** Opens a request's view, and waits for its POPs. */
  async open(id: string): Promise<void> {
    await this.page.evaluate(`location.hash = "#/r/${id}"`);
    await this.page.locator(".pops .rec").first().waitFor();
  }

  /** Waits until the page has nothing of this to differ by; what it differs by then is a fault. */
  async until(what: string, differences: () => Promise<readonly string[]>, ms = FOLLOWS_MS): Promise<void> {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = await differences();
      if (found.length === 0) return;
      if (Date.now() > deadline) return this.note(...found.map((fault) => `${what}: ${fault}`));
      await this.page.waitForTimeout(LOOK_MS);
    }
  }

  /** What the API says of a request once this holds. @throws Error if it does not in five minutes */
  async told(id: string, what: string, holds: (told: Progress) => boolean): Promise<Progress> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const told = (await this.api.progress(id, { detail: "pops,failures" })).value;
      if (holds(told)) return told;
      if (Date.now() > deadline) throw new Error(`it is not ${what}: ${summed(told)}`);
      await this.page.waitForTimeout(LOOK_MS);
    }
  }

  /** The long tasks of the page so far, in a line. */
  async responsiveness(): Promise<string> {
    const tasks = await this.watched.longTasks();
    const [most, sum] = [Math.max(0, ...tasks), tasks.reduce((all, it) => all + it, 0)];
    return `${tasks.length} tasks over 50 ms, the longest ${Math.round(most)} ms, ${Math.round(sum)} ms in all`;
  }

  /** Does all of this, notes what it throws, and leaves. @returns what went wrong */
  async work(legs: () => Promise<void>): Promise<string[]> {
    const { name } = this.options;
    try {
      await legs();
    } catch (error) {
      await this.picture("fault");
      this.note(error instanceof Error ? error.message : String(error));
    } finally {
      await this.watched.close();
    }
    return this.watched.faults.map((fault) => `${name} ${this.language}: ${fault}`);
  }

  private async picture(state: string): Promise<void> {
    const file = `${this.options.name}-${state}-${this.language}.png`;
    // A dialog shades what is in the window, and no more.
    const fullPage = (await this.page.locator("dialog[open]").count()) === 0;
    await this.page.screenshot({ path: join(PICTURES, file), fullPage });
  }
}

function summed({ status, total_count, download_count, warm_count, failures = [] }: Progress): string {
  const reasons = failures.map(({ code, tasks }) => `${code} ${tasks}`).join(", ");
  return `${status}, ${download_count} of ${total_count} tasks, ${warm_count} warm; ${reasons}`;
}
