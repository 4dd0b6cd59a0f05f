import { expect, test, vi } from "vitest";
import { slowDrip } from "../../../tools/hostile/slow-drip.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock({ idleMs: 2 });

vi.mock("../../../agent/fetch/http/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  STALLED_BODY_TIMEOUT_MS: 600,
  RATE_WINDOW_MS: 1_500,
}));

test("no answer that drips or does not end holds an agent", async () => {
  const rows = await slowDrip.run(() => {}, { scale: 0.02 });
  expect(rows.filter(({ wrong }) => wrong > 0)).toEqual([]);
  expect(rows.map(({ tried }) => tried)).toEqual([1, 1, 1, 1, 1, 1]);
});
