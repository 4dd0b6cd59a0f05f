// What people expect of a console: addresses that say what is shown, Back, undo, keys, a tab that tells how it stands, and parts that do not come.
import type { Page, Route } from "@playwright/test";
import { formSayIn } from "../../console/words/form-reader.ts";
import { NOT_READY_ID, RUNNING_ID, SCENES } from "./api-answers.ts";
import { expect, expectAccessible, goTo, test, unlock } from "./console-test.ts";
import { estimate, FORM } from "./form-answers.ts";
import type { PageServer } from "./page-server.ts";

const NOT_READY = `#/r/${NOT_READY_ID}`;
const URLS = 8_407;

const say = formSayIn("en");
const hashOf = (page: Page) => new URL(page.url()).hash;
const dialog = (page: Page) => page.locator("dialog[open]");

/** The bodies that were sent and were no estimates. */
function started(server: PageServer): object[] {
  const bodies: object[] = [];
  server.say((route, query, body) => {
    if (route !== "POST prewarm") return SCENES.usual(route, query);
    const sent = JSON.parse(body);
    if (sent.dry_run === true) return estimate();
    bodies.push(sent);
    return { body: { status: "Success", request_id: RUNNING_ID } };
  });
  return bodies;
}

test.describe("what was sent", () => {
  test("its URLs are searched, a few rows of thousands are made, and the body is there in four forms", async ({
    page,
    deployment,
    server,
  }) => {
    server.say(SCENES.usual);
    await unlock(page, deployment, NOT_READY);
    const rows = page.locator(".url-list li");
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(40);
    const searched = page.locator(".sent input[type=search]");
    await searched.fill("SEGMENT-8406.");
    await expect(rows).toHaveText([/segment-8406\.m4s$/]);
    await expect(page.locator(".sent")).toContainText("1 of 8,407");
    await page.reload();
    await expect(searched).toHaveValue("SEGMENT-8406.");
    const shown = page.locator(".sent-text");
    const form = (name: string) => page.locator(".sent .choices button", { hasText: name }).click();
    await form("JSON");
    expect(JSON.parse((await shown.textContent()) ?? "")).toMatchObject({ target_type: "pop", timeout: 60 });
    await form("curl");
    await expect(shown).toContainText(/x-api-key: \$PREWARM_API_KEY.* -d @request\.json/);
    await form("prewarm");
    await expect(shown).toContainText(
      `prewarm warm --from request.json --endpoint ${deployment.url.replace(/console$/, "")}`,
    );
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.click(".sent .row [aria-label*='request.json']"),
    ]);
    expect(saved.suggestedFilename()).toBe("request.json");
    await page.locator(".sent .disclose summary").click();
    await expect(page.locator(".pop-codes code")).toHaveCount(40);
    await expectAccessible(page);
  });

  test("Run again asks with all of it; Duplicate fills the form, and what stood there comes back", async ({
    page,
    deployment,
    server,
  }) => {
    const bodies = started(server);
    await unlock(page, deployment, NOT_READY);
    await page.getByRole("button", { name: say("runAgain") }).click();
    await dialog(page).waitFor();
    await dialog(page).locator(".primary").click();
    await page.waitForURL(new RegExp(RUNNING_ID));
    expect(bodies).toMatchObject([
      { url_list: { length: URLS }, pops: { length: 40 }, timeout: 60, instance_count: 20, verify: "off" },
    ]);

    await leaveDraft(page);
    const urls = page.locator(".url-box textarea");
    const undo = page.getByRole("button", { name: say("undo") });
    await goTo(page, NOT_READY);
    await page.clock.install();
    await page.getByRole("button", { name: say("runAgain") }).click();
    await dialog(page).waitFor();
    // The question hides Undo: its time begins when it is answered, and a reload finds the draft.
    await page.clock.runFor(20_000);
    expect(await page.evaluate(() => sessionStorage.getItem("prewarm.draft"))).toContain("patch/4.2.0");
    await page.keyboard.press("Escape");
    await undo.click();
    await expect(urls).toHaveValue(/patch\/4\.2\.0/);

    await goTo(page, NOT_READY);
    await page.getByRole("button", { name: say("duplicate") }).click();
    await expect(urls).toHaveValue(/master\.m3u8\n/);
    await expect(dialog(page)).toHaveCount(0);
    await expect(page.locator(".form-notice a")).toHaveAttribute("href", NOT_READY);
    await undo.click();
    await expect(urls).toHaveValue(/patch\/4\.2\.0/);
  });
});

/** The fields of the request that is shown, and of what it was sent with; a status: there is none of it. */
function sentAs(server: PageServer, fields: () => object, sent: () => object | number): void {
  server.say((route, query) => {
    const answer = SCENES.usual(route, query);
    if (route !== "GET prewarm") return answer;
    const told = query.get("detail") === "sent" ? sent() : undefined;
    if (typeof told === "number") return { status: told, body: { error_message: "They are not read yet" } };
    return { body: Object.assign({}, answer?.body, fields(), told === undefined ? {} : { sent: told }) };
  });
}

test("what was sent comes once the sources are read", async ({ page, deployment, server, allowed }) => {
  allowed.message = /409/;
  let status = "EXPANDING";
  const sent = { body: { url_list: ["https://www.example.com/a"], pops: ["SIN2-P1"], timeout: 1, instance_count: 1 } };
  sentAs(
    server,
    () => ({ status, url_count: 84 }),
    () => (status === "EXPANDING" ? 409 : sent),
  );
  await unlock(page, deployment, `#/r/${RUNNING_ID}`);
  await expect(page.locator(".sent")).toContainText("not read yet");
  status = "IN_PROGRESS";
  await expect(page.locator(".url-list li")).toHaveCount(1);
});

test("a retry was sent with the request that it retries; its variants are among the facts", async ({
  page,
  deployment,
  server,
}) => {
  const body = { retry_of: "r0", timeout: 5, instance_count: 1 };
  sentAs(
    server,
    () => ({ retry_of: "r0" }),
    () => ({ body, variant_names: ["br", "gzip"] }),
  );
  await unlock(page, deployment, NOT_READY);
  await expect(page.locator(".sent-text")).toContainText('"retry_of": "r0"');
  await expect(page.locator(".sent")).toContainText("br, gzip");
  await expect(page.locator(".sent-text")).not.toContainText('"variants"');
  for (const name of ["runAgain", "duplicate"] as const)
    await expect(page.getByRole("button", { name: say(name) })).toHaveCount(0);
});

test("who leaves before the settings of a request have come finds the form as it was", async ({
  page,
  deployment,
  server,
}) => {
  server.say(SCENES.usual);
  const held: Route[] = [];
  await page.route(/detail=sent/, (route) => void held.push(route));
  await unlock(page, deployment, NOT_READY);
  await page.getByRole("button", { name: say("runAgain") }).click();
  await goTo(page, "#/new");
  const urls = page.locator(".url-box textarea");
  await expect(urls).toHaveValue("");
  for (const route of held)
    await Promise.all([page.waitForEvent("requestfinished", (it) => it === route.request()), route.continue()]);
  await goTo(page, "#/");
  await page.waitForSelector("[data-row]");
  await goTo(page, "#/new");
  await expect(urls).toHaveValue("");
});

/** Leaves a form that was typed in the tab. */
async function leaveDraft(page: Page): Promise<void> {
  await goTo(page, "#/new");
  await page.locator(".url-box textarea").fill(FORM.urls ?? "");
  await goTo(page, "#/");
}

test("clearing the form asks nothing, and can be undone for ten seconds", async ({ page, deployment, server }) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  await page.clock.install();
  await goTo(page, "#/new");
  const urls = page.locator(".url-box textarea");
  const [clear, undo] = [say("clearForm"), say("undo")].map((name) => page.getByRole("button", { name }));
  if (clear === undefined || undo === undefined) throw new Error("unreachable");
  await urls.fill("https://www.example.com/a");
  // A second press takes nothing away.
  await clear.dblclick();
  await expect(urls).toHaveValue("");
  await undo.click();
  await expect(urls).toHaveValue("https://www.example.com/a");
  await clear.click();
  await page.clock.runFor(9_000);
  await expect(undo).toBeVisible();
  await page.clock.runFor(2_000);
  await expect(undo).toBeHidden();
});

test("filter and search, view and failed only are in the address, and survive a reload", async ({
  page,
  deployment,
  server,
}) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  const pressed = page.locator("[aria-pressed=true]");
  await page.getByRole("button", { name: say("toLookAt") }).click();
  await page.fill("#search", "premiere");
  const isFiltered = async () => {
    await expect(page.locator("[data-row]")).toHaveCount(1);
    await expect(pressed).toHaveText(say("toLookAt"));
    await expect(page.locator("#search")).toHaveValue("premiere");
  };
  await isFiltered();
  expect(hashOf(page)).toBe("#/?filter=toLookAt&q=premiere");
  await page.reload();
  await isFiltered();

  await page.locator("[data-row] a").click();
  await page.locator(".pops .choices").getByText(say("list")).click();
  await page.reload();
  await expect(page.locator(".pop-list")).toBeVisible();
  expect(hashOf(page)).toMatch(/\?view=list$/);
  await page.keyboard.press("f");
  await page.reload();
  await expect(page.locator(".pop-list tbody tr")).toHaveCount(6);
  expect(hashOf(page)).toMatch(/\?view=list&failed=only$/);

  await page.goBack();
  await isFiltered();
});

test("Back restores scroll position and focus", async ({ page, deployment, server }) => {
  server.say(SCENES.usual);
  await page.setViewportSize({ width: 1_280, height: 500 });
  await unlock(page, deployment, "#/?q=example");
  const link = page.locator("[data-row] a").nth(5);
  await link.scrollIntoViewIfNeeded();
  const top = await page.evaluate(() => scrollY);
  expect(top).toBeGreaterThan(50);
  for (const back of [() => page.goBack(), () => page.keyboard.press("Escape")]) {
    await link.click();
    await page.waitForSelector(".request-head");
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await back();
    await expect(page).toHaveURL(/#\/\?q=example$/);
    await expect(link).toBeFocused();
    expect(await page.evaluate(() => scrollY)).toBe(top);
  }
});

test("older rows are there after Back, as they stand then", async ({ page, deployment, server }) => {
  let fields: object = {};
  server.say((route, query) => {
    const answer = SCENES.usual(route, query);
    if (route === "GET prewarm" || !query.has("next")) return answer;
    const { body } = SCENES.usual("GET prewarm", new URLSearchParams({ req_id: NOT_READY_ID })) ?? {};
    return { body: { timestamp: "", requests: [Object.assign({}, body, { request_id: "old" }, fields)], next: null } };
  });
  fields = { status: "IN_PROGRESS" };
  await unlock(page, deployment);
  await page.getByRole("button", { name: say("showOlder") }).click();
  const row = page.locator("[data-row=old]");
  await expect(row).toContainText(say("underWay"));
  await row.locator("a").click();
  await page.waitForSelector(".request-head");
  fields = {};
  await page.goBack();
  await expect(row).toContainText(say("stNotReady"));
});

test("the beginning of an id leads to its request", async ({ page, deployment, server }) => {
  server.say(SCENES.usual);
  await unlock(page, deployment, `#/r/${NOT_READY_ID.slice(0, 8)}`);
  await expect(page.locator(".request-head h1")).toContainText("premiere/s3e1");
});

test("the beginning of several ids lists their requests", async ({ page, deployment, server }) => {
  const { body } = SCENES.usual("GET prewarm", new URLSearchParams({ req_id: NOT_READY_ID })) ?? {};
  const requests = ["aa-1", "ab-1", "aa-2"].map((request_id) => Object.assign({}, body, { request_id }));
  server.say((route, query) =>
    route === "GET requests" ? { body: { timestamp: "", requests, next: null } } : SCENES.usual(route, query),
  );
  await unlock(page, deployment, "#/r/aa");
  const links = page.locator("#content li a");
  await expect(links).toHaveText(["aa-1", "aa-2"]);
  await expectAccessible(page);
  await links.first().click();
  await page.waitForSelector(".request-head");
});

test("the tab has the host first, then share and state, and an icon of both", async ({ page, deployment, server }) => {
  server.say(SCENES.usual);
  await unlock(page, deployment, `#/r/${RUNNING_ID}`);
  const icon = page.locator("link[rel=icon]");
  const answer = async () =>
    (await page.request.get(new URL((await icon.getAttribute("href")) ?? "", page.url()).href)).status();
  await expect(page).toHaveTitle(`www.example.com · 73% · ${say("underWay")} · Prewarm`);
  await expect(icon).toHaveAttribute("href", "icon-70.svg");
  expect(await answer()).toBe(200);
  await goTo(page, NOT_READY);
  await expect(page).toHaveTitle(`www.example.com · 100% · ${say("stNotReady")} · Prewarm`);
  await expect(icon).toHaveAttribute("href", "icon-failed.svg");
  expect(await answer()).toBe(200);
  await goTo(page, "#/");
  await expect(icon).toHaveAttribute("href", "icon.svg");
});

test("parts of the page are there without a connection; one that does not come says so, and comes later", async ({
  page,
  context,
  deployment,
  server,
  allowed,
}) => {
  allowed.message = /Failed to (load resource|fetch)/;
  server.say(SCENES.usual);
  const part = /console\/new-request-view-/;
  const preloads = page.waitForRequest(part, { timeout: 0 });
  await unlock(page, deployment);
  const preloaded = (await preloads).url();
  // Its file comes before the chunks that it imports: the same import ends when all are there.
  await page.evaluate(async (url) => void (await import(url)), preloaded);
  await context.setOffline(true);
  await goTo(page, "#/new");
  await page.waitForSelector(".new-form");
  await context.setOffline(false);

  await page.route(part, (route) => route.abort());
  await page.reload();
  const missing = page.locator(".part-missing");
  await missing.waitFor();
  const { x = 0, y = 0 } = (await missing.boundingBox()) ?? {};
  expect(Math.min(x, y - 48)).toBeGreaterThanOrEqual(16);
  await expectAccessible(page);
  await page.unroute(part);
  await missing.getByRole("button").first().click();
  await page.waitForSelector(".new-form");
});

test("? lists the keys; what is typed into a field is no shortcut", async ({ page, deployment, server }) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  await page.waitForSelector("[data-row]");
  await page.keyboard.press("?");
  for (const key of ["/", "n", "j k", "v", "f", "c", "s", "r", "Ctrl Enter", "?"])
    await expect(dialog(page).getByText(key, { exact: true })).toBeVisible();
  // While a question is open, neither.
  await page.keyboard.press("n");
  expect(hashOf(page)).toBe("");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("n?jk");
  await expect(page.locator("#search")).toHaveValue("n?jk");
  await expect(dialog(page)).toHaveCount(0);
  await goTo(page, "#/new");
  await page.locator(".url-box textarea").pressSequentially("?n/");
  await expect(page.locator(".url-box textarea")).toHaveValue("?n/");
  await goTo(page, `#/r/${RUNNING_ID}`);
  await page.locator(".sent input").pressSequentially("srfvc");
  await expect(dialog(page)).toHaveCount(0);
});

test("an ended request is full at every width: POPs have the wide column where little needs attention, and no code wraps", async ({
  page,
  deployment,
  server,
}) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  for (const [width, hash, isWide] of [
    [1_920, "#/r/90b7f3a8-1", true],
    [1_280, "#/r/90b7f3a8-1", true],
    [1_280, "#/r/0c93a7f1-1", true],
    [1_280, NOT_READY, false],
    [1_280, "#/r/b2d8e6f4-1", undefined],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await goTo(page, hash);
    await page.locator(".url-list li").first().waitFor();
    const boxes = await page
      .locator(".columns > :not(:empty)")
      .evaluateAll((all) => all.map((it) => it.getBoundingClientRect().width));
    const wide = page.locator(".columns > section");
    if (isWide === undefined) expect(boxes, "nothing beside it").toHaveLength(1);
    else await expect(wide.locator(".pops")).toHaveCount(isWide ? 1 : 0);
    await expectCodesWhole(page);
    // The wide column reaches below the half of what is beside it.
    const [left = 0, right = 0] = await page
      .locator(".columns > section, .columns > aside")
      .evaluateAll((all) => all.map((it) => it.lastElementChild?.getBoundingClientRect().bottom ?? 0));
    expect(left).toBeGreaterThan(right * 0.6);
  }
  for (const width of [820, 390])
    for (const hash of [NOT_READY, "#/r/90b7f3a8-1", `#/r/${RUNNING_ID}`, "#/"]) {
      await page.setViewportSize({ width, height: 900 });
      await goTo(page, hash);
      await page.waitForSelector(hash === "#/" ? "[data-row]" : ".sent");
      await expectCodesWhole(page);
    }
});

/** Ids and codes of POPs stand in one line each; URLs and paths may break. */
async function expectCodesWhole(page: Page): Promise<void> {
  const broken = await page
    .locator("code:not(.break, .break *)")
    .evaluateAll((all) => all.filter((it) => it.getClientRects().length > 1).map((it) => it.textContent));
  expect(broken).toEqual([]);
}
