// npm run gen pictures: the console and the terminal for the documents, from one real run of the stack on this machine.
import { spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { request } from "undici";
import type { Progress } from "../../client/answers.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { ANSWERS } from "../../domain/api/answers.ts";
import { siteOf } from "../../domain/pops/sites.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { openBrowser } from "../console/browser.ts";
import { checkedClient } from "../local/api-client.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import { ROOT, RUN } from "../local/paths.ts";
import { world } from "../local/world.ts";
import { type ConsolePage, openConsole, TIME_ZONE } from "./console-page.ts";
import { drawTerminal } from "./draw-terminal.ts";
import { MOST_BYTES, PICTURES } from "./folder.ts";
import { BODY, FILES, trouble } from "./patch.ts";
import { runOnTerminal } from "./terminal.ts";

const COLUMNS = 100;
const ROWS = 30;
/** How far the run is when it is caught, in per cent. */
const CAUGHT_FROM = 60;
const CAUGHT_TO = 85;
const PATIENCE_MS = 240_000;
const say = (line: string) => console.log(line);

spawnSync(process.execPath, ["tools/release/build-command.js"], { cwd: ROOT, stdio: "inherit" });
const browser = await openBrowser();
try {
  const taken = await photograph(browser);
  for (const path of taken) say(`${String(statSync(path).size).padStart(7)}  ${relative(ROOT, path)}`);
  const large = taken.filter((path) => statSync(path).size > MOST_BYTES);
  for (const path of large) console.error(`WRONG: ${relative(ROOT, path)} has more than ${MOST_BYTES} bytes`);
  process.exitCode = large.length === 0 ? 0 : 1;
} finally {
  await browser.close();
}

/** @returns where the pictures are */
async function photograph(browser: Browser): Promise<string[]> {
  const site = Object.fromEntries(Object.entries(FILES).map(([path, size]) => [path, { size }]));
  const prewarm = await startLocalPrewarm({ edge: { ...world, deadPops: [], site, faults: trouble }, say });
  try {
    const english = await openConsole(browser, prewarm, "en");
    const chinese = await openConsole(browser, prewarm, "zh");
    say("Warming a file in every metro …");
    await warmEverywhere(prewarm);
    say("Warming the patch …");
    return await run(prewarm, browser, [english, chinese]);
  } finally {
    await prewarm.close();
  }
}

/** Warms one small file in every metro: on the map of a new deployment, nothing has resolved lately. */
async function warmEverywhere(prewarm: LocalPrewarm): Promise<void> {
  const api = checkedClient(prewarm);
  const pops = [...new Map(world.pops.map(({ pop }) => [siteOf(pop)?.iata, pop])).values()];
  const id = (await api.start({ ...BODY, url_list: BODY.url_list.slice(0, 1), pops, verify: "off", origin: undefined }))
    .value.request_id;
  await until(api, id, ({ status }) => isTerminal(status));
}

/** Warms the patch from a terminal, and looks at it on both pages. */
async function run(prewarm: LocalPrewarm, browser: Browser, pages: readonly [ConsolePage, ConsolePage]) {
  writeFileSync(join(RUN, "patch-4.2.0.json"), JSON.stringify(BODY));
  const words = ["warm", "--from", "patch-4.2.0.json"];
  const terminal = runOnTerminal([COLUMNS, ROWS], [process.execPath, join(ROOT, "cli/dist/prewarm.cjs"), ...words], {
    cwd: RUN,
    env: {
      ...process.env,
      PREWARM_ENDPOINT: prewarm.apiUrl,
      PREWARM_API_KEY: prewarm.apiKey,
      TZ: TIME_ZONE,
      LC_ALL: "C.UTF-8",
      TERM: "xterm-256color",
    },
  });
  try {
    const id = await ofThePatch(prewarm);
    for (const { go } of pages) await go(`#/r/${id}`);
    const api = checkedClient(prewarm);
    const caught = await until(api, id, isWorthAPicture);
    say(`caught at ${caught.percentage_complete}%`);
    const frame = await terminal.text();
    const [english, chinese] = pages;
    const underWay = [...(await english.photograph("under-way")), ...(await chinese.photograph("under-way"))];
    const drawn = join(PICTURES, "terminal.webp");
    await drawTerminal(browser, `$ prewarm ${words.join(" ")}\r\n${frame}`, COLUMNS, drawn);
    await terminal.ended;
    return [...underWay, drawn, ...(await ended(english)), ...(await newRequest(english))];
  } finally {
    terminal.close();
  }
}

/** What came of it, once the map is there. */
async function ended({ page, photograph }: ConsolePage): Promise<string[]> {
  await page.locator(".files a").first().waitFor();
  await page.locator(".pops .metro-state").first().waitFor();
  return photograph("ended");
}

/** The form, filled by the file of the request. */
async function newRequest({ page, go, photograph }: ConsolePage): Promise<string[]> {
  await go("#/new");
  const buffer = Buffer.from(JSON.stringify(BODY));
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "patch-4.2.0.json", mimeType: "application/json", buffer });
  await page.locator(".estimate dl").waitFor();
  return photograph("new-request");
}

function isWorthAPicture({ percentage_complete: percent, failed_count, in_progress_task_count }: Progress): boolean {
  if (percent > CAUGHT_TO) throw new Error(`At ${percent}% there is still no trouble to show`);
  return percent >= CAUGHT_FROM && failed_count > 0 && in_progress_task_count > 0;
}

async function until(api: ApiClient, id: string, is: (progress: Progress) => boolean): Promise<Progress> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const progress = (await api.progress(id)).value;
    if (is(progress)) return progress;
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${JSON.stringify(progress)}`);
    await sleep(500);
  }
}

/** The id of the request that the command has started. */
async function ofThePatch({ apiUrl, apiKey }: LocalPrewarm): Promise<string> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await request(`${apiUrl}requests`, { headers: { "x-api-key": apiKey } });
    const { requests } = ANSWERS["GET /requests"][200].parse(await answer.body.json());
    const its = requests.find(({ url_count }) => url_count === BODY.url_list.length);
    if (its !== undefined) return its.request_id;
    if (Date.now() > deadline) throw new Error("The command has started no request");
    await sleep(200);
  }
}
