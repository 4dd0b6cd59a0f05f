// What the console says of a request is so: of exactly this form, of each URL, in one measure. API answers are of fixtures.
import type { Page } from "@playwright/test";
import { EMPTY_FORM, type Form } from "../../console/new/form.ts";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { describeSelection, selectPops } from "../../domain/pops/select.ts";
import { formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";
import { readiness } from "../readiness.ts";
import { RUNNING_ID, SCENES } from "./api-answers.ts";
import { expect, expectAccessible, goTo, test, unlock } from "./console-test.ts";
import { estimate, FORM, unreadableEstimate } from "./form-answers.ts";

test.use({ locale: "en-GB" });

/** Runs in the page. */
const dotColour = (sign: Element) => getComputedStyle(sign, "::before").backgroundColor;

/** Keeps a form in the tab and opens it. */
async function openForm(page: Page, changes: Partial<Form> = {}): Promise<void> {
  await page.evaluate(
    (kept) => sessionStorage.setItem("prewarm.draft", kept),
    JSON.stringify({ ...EMPTY_FORM, ...FORM, ...changes }),
  );
  await goTo(page, "#/new");
  await page.locator(".estimate dl").waitFor();
}

test("once the API is lost, nothing tells an estimate of another form or says that the page is live", async ({
  page,
  deployment,
  server,
  allowed,
}) => {
  allowed.message = /Failed to load resource/;
  let isLost = false;
  server.say((route, query) => (isLost ? undefined : SCENES.usual(route, query)));
  await unlock(page, deployment);
  await openForm(page);
  await page.locator(".send").click();
  await expect(page.locator("dialog[open]")).toContainText("$323");
  await page.keyboard.press("Escape");
  const live = page.locator(".live");
  await expect(live).toContainText("Live");
  const green = await live.evaluate(dotColour);

  isLost = true;
  await page.locator(".url-box textarea").fill("https://www.example.com/other");
  await page.locator(".estimate.failed").waitFor();
  await expect(live).toHaveText("No connection");
  expect(await live.evaluate(dotColour)).not.toBe(green);
  await expect(page.locator(".estimate dl")).toHaveCount(0);
  await page.locator(".send").click();
  const dialog = page.locator("dialog[open]");
  await expect(dialog).toContainText("There is no estimate for this request");
  await expect(dialog).not.toContainText("$");
  await expectAccessible(page, "the question without an estimate");

  // It is asked for again by itself.
  isLost = false;
  await expect(dialog).toContainText("$323");
  await expect(page.locator(".live")).toContainText("Live");
});

test("the question says how many of all POPs are warmed, and whether they are the default set", async ({
  page,
  deployment,
  server,
}) => {
  let pops: readonly string[] = [];
  server.say((route, query, body) => {
    if (route !== "POST prewarm") return SCENES.usual(route, query);
    const { pops: named } = JSON.parse(body);
    ({ pops } = selectPops("pop", named));
    return { body: { ...fieldsOf(estimate()), pop_selection: describeSelection("pop", named, pops) } };
  });
  await unlock(page, deployment);
  await openForm(page, { pops: undefined });
  const dialog = page.locator("dialog[open]");
  await page.locator(".send").click();
  await expect(dialog).toContainText(`${pops.length} of ${POP_CODES.length} POPs: the default set`);
  await page.keyboard.press("Escape");
  const before = pops.length;
  await page.locator(".chip", { hasText: /^SA/ }).click();
  await expect.poll(() => pops.length).not.toBe(before);
  await page.locator(".send").click();
  await expect(dialog).toContainText(`${pops.length} of ${POP_CODES.length} POPs, as selected`);
});

test("while an estimate is asked for, no two texts of the footer overlap", async ({ page, deployment, server }) => {
  let asked = 0;
  server.say((route, query) => {
    if (route === "POST prewarm") asked++;
    return SCENES.usual(route, query);
  });
  await unlock(page, deployment);
  await openForm(page);
  for (const width of [1_280, 820]) {
    await page.setViewportSize({ width, height: 900 });
    await page.locator(".url-box textarea").fill(`https://www.example.com/${width}`);
    await expect(page.locator(".estimate .note")).toHaveText("Updating…");
    expect(await overlaps(page, ".estimate dt, .estimate dd, .estimate .note, .send-buttons > *")).toEqual([]);
  }
  expect(asked).toBeGreaterThan(0);
});

/** Pairs of texts that lie over each other. */
async function overlaps(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).evaluateAll((all) =>
    all.flatMap((a, i) =>
      all.slice(i + 1).flatMap((b) => {
        const [one, other] = [a, b].map((it) => it.getBoundingClientRect());
        const isOver =
          one !== undefined &&
          other !== undefined &&
          one.left < other.right - 1 &&
          other.left < one.right - 1 &&
          one.top < other.bottom - 1 &&
          other.top < one.bottom - 1;
        return isOver ? [`${a.textContent} | ${b.textContent}`] : [];
      }),
    ),
  );
}

test("the question names URLs that cannot be read, each with its reason, and removes them from the list", async ({
  page,
  deployment,
  server,
}) => {
  const lists: string[][] = [];
  server.say((route, query, body) => {
    if (route !== "POST prewarm") return SCENES.usual(route, query);
    lists.push(JSON.parse(body).url_list);
    return lists.length === 1 ? unreadableEstimate() : estimate();
  });
  await unlock(page, deployment);
  await openForm(page);
  await expect(page.locator(".new-send .unreadable summary")).toHaveText("2 of 84 sampled URLs cannot be read");
  await page.locator(".send").click();
  const dialog = page.locator("dialog[open]");
  await expect(dialog.locator(".unreadable li")).toHaveText([
    "https://www.example.com/patch/4.2.0/index.json: HTTP 404",
    "https://www.example.com/patch/4.2.0/pak-001.bin: HTTP 403",
  ]);
  await expect(dialog).toContainText("timeout: the request needs about 70 minutes");
  await expectAccessible(page, "the question with URLs that cannot be read");
  await dialog.getByRole("button", { name: "Remove these 2 URLs from the list" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".unreadable")).toHaveCount(0);
  expect(lists.at(-1)).toHaveLength(82);
  expect(lists.at(-1)?.[0]).toContain("pak-002.bin");
});

const HOST = "https://www.example.com/promo/";
const unread = (names: readonly string[], code: string, error: string) => ({
  code,
  subject: "url",
  tasks: 0,
  pops: 0,
  urls: names.length,
  examples: names.map((name) => ({ url: `${HOST}${name}`, error })),
});

test("a request that failed has a complete headline, a reason for each URL, and no retry as the way on", async ({
  page,
  deployment,
  server,
}) => {
  const reason = `No URL can be read; the first: ${HOST}nothere.png: HTTP 404`;
  const failures = [
    unread(["nothere.png", "gone.css"], "http_4xx", "HTTP 404"),
    unread(["x.js"], "no_distribution", "other.example leads to no distribution"),
  ];
  server.say(answering({ status: "FAILED", verdict: undefined, reason, total_count: 0, url_prefix: HOST, failures }));
  await unlock(page, deployment);
  await goTo(page, "#/r/b2d8e6f4-1");
  await expect(page.locator(".says strong")).toHaveText("Failed:");
  await expect(page.locator(".says")).toHaveText(`Failed: ${reason}.`);
  await expect(page.locator(".reason .names > span")).toHaveText([
    "nothere.png: HTTP 404",
    "gone.css: HTTP 404",
    "x.js: other.example leads to no distribution",
  ]);
  // Nothing was measured: no rate, no per cent, no chart.
  for (const name of ["Downloaded", "Tasks with a result", "Average rate"])
    await expect(fact(page, name)).toHaveText("–");
  await expect(page.locator(".chart")).toHaveCount(0);
  // A retry would fail the same way.
  await expect(page.getByRole("button", { name: "Retry…" })).toHaveCount(0);
});

test("while URLs cannot be read, or nothing was verified, nothing says ready", async ({ page, deployment, server }) => {
  const cold = readiness({ urls: 4, unreadable_urls: 3, cold_objects: 3, cold_unreadable: 3, exceptions: 1 });
  const failures = [unread(["a", "b", "c"], "http_4xx", "HTTP 404")];
  server.say(answering({ verdict: "not_ready", url_count: 4, readiness: cold, failures }));
  await unlock(page, deployment);
  await goTo(page, "#/r/90b7f3a8-1");
  await expect(page.locator(".says")).toHaveText("Not ready for traffic: 3 of 4 URLs could not be read.");
  await expect(page.locator(".fine")).toHaveCount(0);

  const notVerified = { verdict: "not_verified", warm_count: 0 };
  server.say(answering(({ request_id }) => (request_id === "90b7f3a8-1" ? notVerified : {})));
  await goTo(page, "#/");
  const row = page.locator('[data-row="90b7f3a8-1"]');
  await expect(row).toContainText("Downloaded, not verified");
  await page.getByText("Ready", { exact: true }).first().click();
  await expect(page.locator('[data-row="5be2210c-1"]')).toBeVisible();
  await expect(row).toHaveCount(0);
});

test("bar, per cent and time left are of one measure, and what is not measured is a dash", async ({
  page,
  deployment,
  server,
}) => {
  // One large file: 4 % of the bytes are there, and no task has a result.
  const early = {
    percentage_complete: 4,
    download_size: 0,
    in_progress_size: 40e9,
    total_size: 1e12,
    bytes_per_second: 0,
    total_count: 1_000,
    download_count: 0,
    failed_count: 0,
    warm_count: 0,
    hit_count: 0,
    not_kept_count: 0,
    in_progress_task_count: 1,
  };
  server.say(answering((before) => ({ ...early, estimated_finish_at: before["timestamp"] })));
  await unlock(page, deployment);
  await goTo(page, `#/r/${RUNNING_ID}`);
  await expect(page.locator(".says strong")).toHaveText("On time: about 10 s left.");
  await expect(fact(page, "Time left")).toHaveText("0:10");
  await expect(fact(page, "Rate")).toHaveText("–");
  await expect(fact(page, "Downloaded")).toContainText("4%");
  expect(await filled(page, ".big-bar")).toBeCloseTo(0.04, 2);
  await goTo(page, "#/");
  const row = page.locator(`[data-row="${RUNNING_ID}"]`);
  await expect(row).toContainText("4%");
  expect(await filled(page, `[data-row="${RUNNING_ID}"]`)).toBeCloseTo(0.04, 2);
});

test("the sentence and the time left tell of the same moment", async ({ page, deployment, server }) => {
  let asked = 0;
  server.say(
    answering(({ timestamp }) => {
      const left = Math.max(1, 6 - asked++) * 10_000;
      return { estimated_finish_at: formatTimestamp(parseTimestamp(String(timestamp)) + left) };
    }),
  );
  await unlock(page, deployment, `#/r/${RUNNING_ID}`);
  await fact(page, "Time left").waitFor();
  const first = asked;
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(first + 1);
  const [says, facts] = await page.evaluate(() =>
    [".says", ".facts"].map((it) => document.querySelector(it)?.textContent ?? ""),
  );
  const [, seconds] = /about (\d+) s left/.exec(says ?? "") ?? [];
  expect(facts).toContain(`Time left0:${seconds}`);
});

/** How much of a bar does not wait, from 0 to 1. */
async function filled(page: Page, within: string): Promise<number> {
  return page.locator(`${within} svg.bar`).evaluate((bar) => {
    const widths = [...bar.querySelectorAll(":scope > rect")].map((it) => [
      it.classList.contains("waiting"),
      Number(it.getAttribute("width")),
    ]) as [boolean, number][];
    const sum = (some: typeof widths) => some.reduce((all, [, width]) => all + width, 0);
    return sum(widths.filter(([waits]) => !waits)) / sum(widths);
  });
}

test("POPs that no request has asked for are not said to be silent", async ({ page, deployment, server }) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  await openForm(page);
  await page.waitForSelector(".map");
  await expect(page.locator(".legend")).not.toContainText("resolved");
  await expect(page.locator(".map [stroke-dasharray]")).toHaveCount(0);
});

test("a new form asks for what the command asks for", async ({ page, deployment, server }) => {
  server.say(SCENES.usual);
  await unlock(page, deployment);
  await goTo(page, "#/new");
  await expect(page.getByLabel("Instances")).toHaveValue("1");
  await expect(page.getByLabel("Timeout")).toHaveValue("30");
});

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(answer: ReturnType<typeof SCENES.usual>): Fields {
  return (answer?.body ?? {}) as Fields;
}

/** The usual answers, with every request changed. */
function answering(changes: Fields | ((before: Fields) => Fields)): typeof SCENES.usual {
  const changed = (it: Fields) => ({ ...it, ...(typeof changes === "function" ? changes(it) : changes) });
  return (route, query) => {
    const answer = SCENES.usual(route, query);
    const body = fieldsOf(answer);
    if (route === "GET prewarm") return { body: changed(body) };
    if (route === "GET requests") return { body: { ...body, requests: (body["requests"] as Fields[]).map(changed) } };
    // Its failures are the request's.
    return route === "GET summary" ? { body: { ...changed(body), failures: undefined } } : answer;
  };
}

function fact(page: Page, name: string) {
  return page.locator(".facts > div").filter({ hasText: name }).locator("dd");
}
