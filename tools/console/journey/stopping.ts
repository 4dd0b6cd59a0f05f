import { isTerminal } from "../../../domain/request/lifecycle.ts";
import type { Operator } from "./operator.ts";
import { bodyOf } from "./send.ts";
import { countDifferences, sentenceDifferences } from "./shown.ts";
import { GOOD_URLS, HELD, POPS, type Trouble } from "./trouble.ts";

/** A request is stopped while it runs: whoever presses Enter keeps it running, and what is warm by then stays counted. */
export async function stopOne(operator: Operator, trouble: Trouble): Promise<void> {
  const { page, api, say } = operator;
  trouble.holdThree();
  const id = (await api.start(bodyOf(GOOD_URLS, POPS))).value.request_id;
  await operator.open(id);
  const done = GOOD_URLS.length * POPS.length - HELD;
  await operator.told(id, "as far as it comes", ({ download_count }) => download_count === done);
  const stop = page.locator(".request-head .danger");
  const dialog = page.locator("dialog[open]");
  await stop.click();
  await dialog.getByText(say("stopSays", [String(HELD)], HELD)).waitFor();
  await operator.look("stop-asks");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  operator.is("Enter has stopped it", !isTerminal((await api.progress(id, { detail: "pops,failures" })).value.status));
  await stop.click();
  await dialog.locator(".danger").click();
  const ended = await operator.told(id, "stopped and counted", ({ verdict }) => verdict !== undefined);
  const { status, total_count, download_count, warm_count } = ended;
  operator.equal(
    "what was stopped",
    { status, total_count, download_count, warm_count },
    {
      status: "STOPPED",
      total_count: done + HELD,
      download_count: done,
      warm_count: done,
    },
  );
  await page
    .locator(".reason h3")
    .filter({ hasText: say("untriedTitle") })
    .waitFor();
  operator.equal("POPs shown as under way", await page.locator(".matrix .pop.under_way").count(), 0);
  await page.getByRole("button", { name: say("retry", [String(HELD)], HELD) }).waitFor();
  await operator.until("after the stop", async () => [
    ...(await sentenceDifferences(operator, ended)),
    ...(await countDifferences(operator, ended)),
  ]);
  await operator.look("stopped");
  trouble.release();
}
