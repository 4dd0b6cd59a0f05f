import type { Page } from "@playwright/test";
import type { Progress } from "../../../client/answers.ts";
import type { ApiClient } from "../../../client/api-client.ts";
import { type Say, sayIn } from "../../../console/words/say.ts";
import type { Language } from "../../../domain/format.ts";
import { checkedClient } from "../../../tools/local/api-client.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../../../tools/local/local-prewarm.ts";
import { freePort } from "../../../tools/local/ports.ts";
import { endOnSignals } from "../../../tools/local/signals.ts";
import type { StandIn, StandInOptions } from "../../../tools/local/stand-in-edge.ts";
import { type Allowed, test as consoleTest, type Deployment, expect, expectAccessible, goTo } from "../console-test.ts";
import { TROUBLED_WORLD, Trouble } from "./trouble.ts";

/** What must come at last, on a machine that does much else as well. */
const PATIENCE_MS = 300_000;
const POLL_MS = 500;
const print = (line: string) => console.log(line);

/** Tests of the console against a stack that is deployed on this machine, which the tests of a worker share. */
export const test = consoleTest.extend<
  { language: Language; operator: Operator },
  { edge: StandInOptions; prewarm: LocalPrewarm }
>({
  edge: [TROUBLED_WORLD, { scope: "worker", option: true }],
  prewarm: [
    async ({ edge }, use) => {
      endOnSignals(print);
      const prewarm = await startLocalPrewarm({ edge, port: await freePort(), say: print });
      await use(prewarm);
      await prewarm.close();
    },
    { scope: "worker", timeout: 900_000 },
  ],
  language: ["en", { option: true }],
  locale: ({ language }, use) => use(language === "zh" ? "zh-CN" : "en-GB"),
  deployment: ({ prewarm: { apiUrl, apiKey } }, use) => use({ url: `${apiUrl}console`, key: apiKey }),
  operator: ({ page, allowed, prewarm, deployment, language }, use) =>
    use(new Operator(page, allowed, prewarm, deployment, language)),
});

/** What the page shows otherwise than the API tells it. */
type Differences = (operator: Operator, told: Progress) => Promise<readonly string[]>;

/** Somebody in front of the console of a stack at work, who reads one language. */
export class Operator {
  readonly api: ApiClient;
  readonly say: Say;
  readonly standIn: StandIn;
  readonly trouble: Trouble;

  constructor(
    readonly page: Page,
    readonly allowed: Allowed,
    prewarm: LocalPrewarm,
    readonly deployment: Deployment,
    readonly language: Language,
  ) {
    if (prewarm.standIn === undefined) throw new Error("The journeys need the stand-in edge");
    this.standIn = prewarm.standIn;
    this.trouble = new Trouble(this.standIn.edge);
    this.api = checkedClient(prewarm);
    this.say = sayIn(language);
  }

  /** A picture of what is on the screen and what axe says of it, in both themes. */
  async look(state: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.screenshot({ path: consoleTest.info().outputPath(`${state}-${colorScheme}.png`) });
      await expectAccessible(this.page, `${state}, ${colorScheme}`);
    }
  }

  /** Opens a request's view, and waits for its POPs. */
  async open(id: string): Promise<void> {
    await goTo(this.page, `#/r/${id}`);
    await this.page.locator(".pops .rec").first().waitFor();
  }

  /** A body's file fills the form; the estimate comes, and the question before it is sent. @returns the request id */
  async send(body: object): Promise<string> {
    const { page } = this;
    const buffer = Buffer.from(JSON.stringify(body));
    await page.locator(".head a.primary, .empty a.primary").first().click();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "request.json", mimeType: "application/json", buffer });
    await page.locator(".estimate dl").waitFor();
    await this.look("new");
    await page.locator(".send").click();
    await page.locator("dialog[open]").waitFor();
    await this.look("send-asks");
    await page.locator("dialog[open] .primary").click();
    await page.waitForURL(/#\/r\//);
    return this.openId();
  }

  /** The request whose view is open. */
  openId(): string {
    return this.page.url().split("#/r/")[1] ?? "";
  }

  /** What the API says of a request once this holds. @throws Error if it does not in five minutes */
  async told(id: string, what: string, holds: (told: Progress) => boolean): Promise<Progress> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const told = (await this.api.progress(id, { detail: "pops,failures" })).value;
      if (holds(told)) return told;
      if (Date.now() > deadline) throw new Error(`it is not ${what}: ${summed(told)}`);
      await this.page.waitForTimeout(POLL_MS);
    }
  }

  /** The page comes to show what the API says. */
  async shows(told: Progress, ...differences: readonly Differences[]): Promise<void> {
    const all = async () => (await Promise.all(differences.map((it) => it(this, told)))).flat();
    await expect.poll(all, { message: `the page, of ${summed(told)}`, intervals: [POLL_MS] }).toEqual([]);
  }
}

function summed({ status, total_count, download_count, warm_count, failures = [] }: Progress): string {
  const reasons = failures.map(({ code, tasks }) => `${code} ${tasks}`).join(", ");
  return `${status}, ${download_count} of ${total_count} tasks, ${warm_count} warm; ${reasons}`;
}
