import { expect, test, vi } from "vitest";
import { createDownload, type DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { Cancellation, type Endpoint, type HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { RequestTracker } from "../../../agent/fetch/request-tracker.ts";
import { everyAddress, outcomeOf, type TaskAttempt } from "../../../agent/fetch/to-result.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { fakeAdmission, fakeOrigins } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";
import { attemptOf } from "./attempts.ts";

useVirtualClock();

/** Downloads an object of three bytes from two addresses. @param xCache what an address says to a request, by the number of those before */
async function downloadFrom(
  xCache: (address: string, before: number) => string,
  admission: Partial<DownloadHooks> = {},
) {
  const asked: string[] = [];
  const get = async ({ address }: Endpoint): Promise<HttpResult> => {
    const before = asked.filter((it) => it === address).length;
    asked.push(address);
    const size = { bytes: 3, contentLength: 3 };
    return { ...size, httpStatus: 200, xCache: xCache(address, before), xAmzCfPop: "SIN2-P1" };
  };
  const download = createDownload({
    http: { get, destroy: async () => undefined },
    ports: { httpsPort: 443, httpPort: 80 },
    instanceId: "i-1",
    origins: fakeOrigins(),
    errorCachingMs: 1_000,
    tracker: new RequestTracker(),
  });
  const message = taskMessage({ ips: ["192.0.2.1", "192.0.2.2"], verify: "addresses" });
  const result = await download(message, { url: "https://a.example/1", bytes: 3 }, fakeAdmission(admission));
  return { asked, result };
}

test("once it is cancelled, no further address is asked, and no permit is taken", async () => {
  const cancellation = new Cancellation();
  const reacquire = vi.fn(async () => undefined);
  const cut = () => {
    cancellation.cancel();
    return "Error from cloudfront";
  };
  const { asked } = await downloadFrom(cut, { cancellation, reacquire });
  expect(asked).toEqual(["192.0.2.1"]);
  expect(reacquire).not.toHaveBeenCalled();
});

const GOOD = attemptOf({ bytes: 1 });
const proven = (outcome: "warm" | "hit" | "not_kept"): TaskAttempt => ({
  attempt: GOOD,
  proof: { outcome, answer: { bytes: 1 }, tier: undefined, age: undefined, rounds: 1 },
});
const FAILED: TaskAttempt = { attempt: { ...GOOD, verdict: { kind: "RETRY", failure: { reason: "timeout" } } } };

test.each([
  [[proven("warm"), proven("warm")], "warm", "2 of 2"],
  [[proven("warm"), proven("hit")], "hit", "2 of 2"],
  [[proven("warm"), proven("not_kept"), proven("warm")], "not_kept", "2 of 3"],
  [[FAILED, proven("not_kept")], "failed", "0 of 2"],
] as const)("a POP is as warm as its coldest address: %#", async (each, outcome, addresses) => {
  const ips = each.map((_, i) => `192.0.2.${i}`);
  const all = await everyAddress(ips, async (addressIndex) => each[addressIndex] ?? FAILED);
  expect(outcomeOf(all)).toBe(outcome);
  expect(all.addresses).toBe(addresses);
  const good = ["done", "hit", "warm"];
  expect(all.cold).toEqual(ips.filter((_, i) => !good.includes(outcomeOf(each[i] ?? FAILED))));
});
