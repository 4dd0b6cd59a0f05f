import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import * as z from "zod";
import { MAP_HEIGHT, MAP_WIDTH } from "../../console/map/miller.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { SCENES } from "./made-up.ts";
import { catalogue, estimate } from "./made-up-form.ts";
import type { PageServer } from "./page-server.ts";
import { PICTURES } from "./pictures.ts";
import { unlock, type Window, watchedPage } from "./watched-page.ts";

const REQUEST_ID = "e059b77b-e427-4489-a50b-4d8c652f114c";

const sentSchema = z.object({
  url_list: z.array(z.string()),
  target_type: z.literal("pop"),
  pops: z.array(z.string()),
  dry_run: z.boolean().optional(),
  client_token: z.string().optional(),
  timeout: z.number(),
});

const BODY = {
  url_list: ["https://www.example.com/a", "https://www.example.com/b"],
  target_type: "region",
  regions: ["jp"],
  timeout: 45,
  instance_count: 3,
  verify: "off",
  variants: [{ name: "gzip", header: ["Accept-Encoding: gzip"] }],
};

/** Fills the form of a new request as people do: typed lines, chips, map, list, a file; and sends it. @returns what went wrong */
export async function useForm(browser: Browser, server: PageServer, window: Window): Promise<string[]> {
  const { page, faults, close } = await watchedPage(browser, server.url, window);
  page.setDefaultTimeout(8_000);
  const usual = SCENES["usual"] ?? (() => undefined);
  const sent: z.infer<typeof sentSchema>[] = [];
  server.say((route, query, body) => {
    if (route === "GET pops") return catalogue();
    if (route !== "POST prewarm") return usual(route, query);
    const asked = sentSchema.parse(JSON.parse(body));
    sent.push(asked);
    return asked.dry_run === true ? estimate() : { body: { status: "Success", request_id: REQUEST_ID } };
  });
  const file = { name: "request.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(BODY)) };
  const is = (what: string, condition: boolean) => {
    if (!condition) faults.push(what);
  };
  try {
    await unlock(page, server.url, server.key);
    await page.evaluate('location.hash = "#/new"');
    await page.waitForSelector(".map");
    const urls = page.locator(".url-box textarea");
    await urls.fill("https://www.example.com/a\nwww.example.com/b\nhttps://www.example.com/a");
    is("the bad line is not marked", (await page.locator(".gutter .bad").count()) === 1);
    is("Send is on with a bad line", await page.locator(".send").isDisabled());
    await page.locator(".bad-lines .button").click();
    await page.waitForSelector(".estimate dl");
    const asked = sent.length;
    is("the estimate was asked for more than once for one rest", asked === 1);
    faults.push(...(await choose(page)));
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByText("request.json was read").waitFor();
    is("the file does not fill the form", (await urls.inputValue()) === BODY.url_list.join("\n"));
    is("the file's region is not chosen", (await chosen(page)) === 2);
    await page.reload();
    await page.waitForSelector(".estimate dl");
    is("the draft is gone after a reload", (await urls.inputValue()) === BODY.url_list.join("\n"));
    await page.click(".lock");
    await page.waitForSelector("#key");
    const left = await page.evaluate("sessionStorage.length");
    is("Lock leaves something in the tab", left === 0);
    await unlock(page, server.url, server.key);
    await page.evaluate('location.hash = "#/new"');
    await page.locator("input[type=file]").setInputFiles(file);
    await page.waitForSelector(".estimate dl");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector("dialog[open]");
    await page.screenshot({ path: join(PICTURES, `new-send-${window.width}-${window.language ?? "en"}.png`) });
    faults.push(...(await accessibilityFaults(page)));
    await page.locator("dialog .primary").click();
    await page.waitForURL(/#\/r\//);
    const last = sent.at(-1);
    is("what is sent is not what was seen", last?.pops.join() === "NRT51-P2,NRT57-P3" && last.timeout === 45);
    is("what is sent has no token", last?.client_token !== undefined && last.dry_run === undefined);
    is("the draft is kept after it was sent", (await page.evaluate('sessionStorage["prewarm.draft"]')) === undefined);
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  } finally {
    await page.screenshot({ path: join(PICTURES, "new-used.png") });
    await close();
  }
  return faults.map((fault) => `form ${window.width}: ${fault}`);
}

/** How many POPs are chosen, by the heading. */
async function chosen(page: Page): Promise<number> {
  const text = (await page.locator(".where-head h2").textContent()) ?? "";
  return Number(/\d+/.exec(text)?.[0]);
}

/** The same choice by chip, keyboard, click, a line around metros, and the list. */
async function choose(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  const changes = async (what: string, act: () => Promise<void>) => {
    const before = await chosen(page);
    await act();
    if ((await chosen(page)) === before) wrong.push(`${what} changes nothing`);
  };
  const map = page.locator(".map > svg");
  await changes("a chip", () => page.locator(".chip", { hasText: /^(CA|加拿大)/ }).click());
  await map.focus();
  await page.keyboard.press("ArrowRight");
  await changes("Space", () => page.keyboard.press("Space"));
  await page.screenshot({ path: join(PICTURES, "new-map-focus.png") });
  await changes("Shift and Space", () => page.keyboard.press("Shift+Space"));
  const box = await map.boundingBox();
  if (box === null) return [...wrong, "the map is not seen"];
  const at = (x: number, y: number) =>
    [box.x + (box.width * x) / MAP_WIDTH, box.y + (box.height * y) / MAP_HEIGHT] as const;
  if ((await page.locator(".mark").count()) < 100) wrong.push("metros are missing");
  await changes("a click on Lagos", () => page.mouse.click(...at(427, 254)));
  await changes("a line around South America", async () => {
    await page.keyboard.down("Shift");
    await page.mouse.move(...at(150, 220));
    await page.mouse.down();
    for (const [x, y] of [
      [330, 220],
      [330, 420],
      [150, 420],
    ] as const)
      await page.mouse.move(...at(x, y), { steps: 4 });
    await page.screenshot({ path: join(PICTURES, "new-map-lasso.png") });
    await page.mouse.up();
    await page.keyboard.up("Shift");
  });
  await page.locator(".pop-tree input[type=search]").fill("osaka");
  await changes("a checkbox of the list", () => page.locator(".pop-panel .metro-pops .mono input").first().click());
  return wrong;
}
