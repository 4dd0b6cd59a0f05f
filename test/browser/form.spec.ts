import type { Page } from "@playwright/test";
import * as z from "zod";
import { RUNNING_ID, SCENES } from "./api-answers.ts";
import { expect, expectAccessible, goTo, test, unlock } from "./console-test.ts";
import { catalogue, estimate } from "./form-answers.ts";

const sentSchema = z.object({
  url_list: z.array(z.string()),
  target_type: z.literal("pop"),
  pops: z.array(z.string()),
  dry_run: z.boolean().optional(),
  client_token: z.string().optional(),
  timeout: z.number(),
  invalidate: z.object({ paths: z.array(z.string()), tags: z.array(z.string()) }).optional(),
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

const INVALIDATE = { paths: ["/patch/*", "/index.html"], tags: ["release-42", "textures"] };

const FILE = { name: "request.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(BODY)) };

test("the form is filled as people do, by lines, chips, list and file, and sends what is seen", async ({
  page,
  deployment,
  server,
}) => {
  const sent: z.infer<typeof sentSchema>[] = [];
  server.say((route, query, body) => {
    if (route === "GET pops") return catalogue();
    if (route !== "POST prewarm") return SCENES.usual(route, query);
    const asked = sentSchema.parse(JSON.parse(body));
    sent.push(asked);
    return asked.dry_run === true ? estimate() : { body: { status: "Success", request_id: RUNNING_ID } };
  });
  const urls = page.locator(".url-box textarea");
  const estimated = page.locator(".estimate dl");
  const isFilled = () => expect(urls).toHaveValue(BODY.url_list.join("\n"));

  await unlock(page, deployment);
  await goTo(page, "#/new");
  await page.waitForSelector(".map");
  await urls.fill("https://www.example.com/a\nwww.example.com/b\nhttps://www.example.com/a");
  await expect(page.locator(".gutter .bad")).toHaveCount(1);
  await expect(page.locator(".send")).toBeDisabled();
  await page.locator(".bad-lines .button").click();
  await estimated.waitFor();
  expect(sent.length, "estimates for one rest").toBe(1);
  await choose(page);

  await page.locator("input[type=file]").setInputFiles(FILE);
  await page.getByText("Read request.json").waitFor();
  await isFilled();
  expect(await chosen(page), "POPs of the file's region").toBe(2);
  await page.reload();
  await estimated.waitFor();
  await isFilled();
  await page.click(".lock");
  await page.waitForSelector("#key");
  expect(await page.evaluate(() => sessionStorage.length), "what Lock leaves in the tab").toBe(0);

  await unlock(page, deployment);
  await goTo(page, "#/new");
  await page.locator("input[type=file]").setInputFiles(FILE);
  await page.getByText("Paths and cache tags").click();
  await page.locator("#new-invalidate-paths").fill("/patch/*\n\n /index.html ");
  await page.getByLabel("Cache tags").fill("release-42,textures");
  await expect.poll(() => sent.at(-1)?.invalidate).toEqual(INVALIDATE);
  await estimated.waitFor();
  await page.keyboard.press("Control+Enter");
  await page.waitForSelector("dialog[open]");
  await expect(page.locator("dialog")).toContainText("/patch/* /index.html #release-42 #textures");
  await expectAccessible(page);
  await page.locator("dialog .primary").click();
  await page.waitForURL(/#\/r\//);
  expect(sent.at(-1)).toMatchObject({
    pops: ["NRT51-P2", "NRT57-P3"],
    timeout: 45,
    invalidate: INVALIDATE,
    client_token: expect.any(String),
  });
  expect(sent.at(-1)?.dry_run).toBeUndefined();
  expect(await page.evaluate(() => sessionStorage.getItem("prewarm.draft")), "the draft after it was sent").toBeNull();
});

/** How many POPs are chosen, by the heading. */
async function chosen(page: Page): Promise<number> {
  const text = (await page.locator(".where-head h2").textContent()) ?? "";
  return Number(/\d+/.exec(text)?.[0]);
}

/** The same choice by chip and list: each changes how many POPs are chosen, and the map shows it. */
async function choose(page: Page): Promise<void> {
  const marked = () => page.locator(".map .mark.some, .map .mark.all").count();
  const changes = async (what: string, act: () => Promise<void>) => {
    const [before, metros] = [await chosen(page), await marked()];
    await act();
    expect(await chosen(page), `POPs after ${what}`).not.toBe(before);
    expect(await marked(), `metros on the map after ${what}`).not.toBe(metros);
  };
  expect(await page.locator(".map .mark").count(), "metros on the map").toBeGreaterThanOrEqual(100);
  await changes("a chip", () => page.locator(".chip", { hasText: /^CA/ }).click());
  await page.locator(".pop-tree input[type=search]").fill("osaka");
  await changes("a checkbox of the list", () => page.locator(".pop-panel .metro-pops .mono input").first().click());
}
