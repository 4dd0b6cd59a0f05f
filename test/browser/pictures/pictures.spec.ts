// `npm run gen pictures`: the console and the terminal for the documents, from one real run of the stack on this machine.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import type { Progress } from "../../../client/answers.ts";
import { siteOf } from "../../../domain/pops/sites.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { RUN } from "../../../tools/local/paths.ts";
import { world } from "../../../tools/local/world.ts";
import { buildCommand, CommandLine } from "../../e2e/command-line.ts";
import { type Deployment, goTo, unlock } from "../console-test.ts";
import { type Operator, test } from "../journeys/operator.ts";
import { drawTerminal } from "./draw-terminal.ts";
import { BODY, FILES, trouble } from "./patch.ts";
import { PICTURES, photograph, serveFonts, TIME_ZONE } from "./photograph.ts";

const TERMINAL = [100, 30] as const;
/** How far the run is when it is caught, in per cent. */
const CAUGHT_FROM = 60;
const CAUGHT_TO = 85;
/** Frames of the live view are written twice a second: after so much silence, one is whole. */
const SILENCE_MS = 120;

const site = Object.fromEntries(Object.entries(FILES).map(([path, size]) => [path, { size }]));
test.use({ edge: { ...world, deadPops: [], site, faults: trouble } });

test("pictures of a patch that is warmed", async ({ browser, operator, prewarm, deployment }) => {
  buildCommand();
  const english = await openConsole(browser, deployment, "en-GB");
  const chinese = await openConsole(browser, deployment, "zh-CN");
  await warmEverywhere(operator);

  writeFileSync(join(RUN, "patch-4.2.0.json"), JSON.stringify(BODY));
  const env = { TZ: TIME_ZONE, TERM: "xterm-256color" };
  const command = new CommandLine(() => ({ prewarm }));
  const terminal = command.onTerminal(TERMINAL, env, "warm", "--from", join(RUN, "patch-4.2.0.json"));
  try {
    const id = await idOfThePatch(operator);
    for (const page of [english, chinese]) await goTo(page, `#/r/${id}`);
    await operator.told(id, "worth a picture", isWorthAPicture);
    const frame = await wholeFrame(terminal);
    await photograph(english, "under-way");
    await photograph(chinese, "zh/under-way");
    const text = `$ prewarm warm --from patch-4.2.0.json\r\n${frame}`;
    await drawTerminal(browser, text, TERMINAL[0], join(PICTURES, "terminal.webp"));
    await terminal.ended;
  } finally {
    terminal.child.kill("SIGHUP");
  }

  await english.locator(".files a").first().waitFor();
  await english.locator(".pops .metro-state").first().waitFor();
  await photograph(english, "ended");

  await goTo(english, "#/new");
  const buffer = Buffer.from(JSON.stringify(BODY));
  const file = { name: "patch-4.2.0.json", mimeType: "application/json", buffer };
  await english.locator("input[type=file]").setInputFiles(file);
  await english.locator(".estimate dl").waitFor();
  await photograph(english, "new-request");
});

/** The console in one language, unlocked, with fonts that are the same on every machine. */
async function openConsole(browser: Browser, deployment: Deployment, locale: string): Promise<Page> {
  // The page's policy would refuse the fonts.
  const context = await browser.newContext({ locale, timezoneId: TIME_ZONE, bypassCSP: true });
  const style = await serveFonts(context);
  const page = await context.newPage();
  await unlock(page, deployment);
  await page.addStyleTag({ content: style });
  return page;
}

/** Warms one small file in every metro: on the map of a new deployment, nothing has resolved lately. */
async function warmEverywhere(operator: Operator): Promise<void> {
  const pops = [...new Map(world.pops.map(({ pop }) => [siteOf(pop)?.iata, pop])).values()];
  const body = { ...BODY, url_list: BODY.url_list.slice(0, 1), pops, verify: "off", origin: undefined };
  const { request_id: id } = (await operator.api.start(body)).value;
  await operator.told(id, "ended", ({ status }) => isTerminal(status));
}

/** The request that the command has started. */
async function idOfThePatch({ api, page }: Operator): Promise<string> {
  for (;;) {
    const { requests } = (await api.requests({ limit: 10 })).value;
    const its = requests.find(({ url_count }) => url_count === BODY.url_list.length);
    if (its !== undefined) return its.request_id;
    await page.waitForTimeout(200);
  }
}

function isWorthAPicture({ percentage_complete: percent, failed_count, in_progress_task_count }: Progress): boolean {
  if (percent > CAUGHT_TO) throw new Error(`At ${percent}% there is still no trouble to show`);
  return percent >= CAUGHT_FROM && failed_count > 0 && in_progress_task_count > 0;
}

/** All that the command has written, once it pauses. */
async function wholeFrame({ heard }: ReturnType<CommandLine["onTerminal"]>): Promise<string> {
  for (;;) {
    const before = heard.stdout;
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
    if (heard.stdout === before) return before;
  }
}
