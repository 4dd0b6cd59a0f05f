import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { installVirtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";

const HOUR = 3_600_000;
let clock: VirtualClock | undefined;

function installed(options?: VirtualClockOptions): VirtualClock {
  clock = installVirtualClock(options);
  return clock;
}
afterEach(() => clock?.uninstall());

test("time advances to each timer in order, whatever waits for it", async () => {
  installed({ now: 5_000 });
  const order: string[] = [];
  setTimeout(() => order.push("callback"), 2 * HOUR);
  const interval = setInterval(() => order.push("interval"), 0.8 * HOUR);
  const late = sleep(3 * HOUR).then(() => order.push("promise"));
  await sleep(HOUR);
  order.push("test");
  expect(Date.now()).toBe(5_000 + HOUR);
  await late;
  clearInterval(interval);
  expect(order).toEqual(["interval", "test", "interval", "callback", "interval", "promise"]);
});

test("time runs promises and immediates between two timers of the same instant", async () => {
  installed();
  const order: string[] = [];
  setTimeout(() => {
    order.push("first");
    setImmediate(() => order.push("immediate"));
  }, 1_000);
  setTimeout(() => order.push("second"), 1_000);
  await sleep(1_001);
  expect(order).toEqual(["first", "immediate", "second"]);
});

test("sockets on loopback are served in virtual time, and time does not overtake what is on its way", async () => {
  const clock = installed({ idleMs: 2 });
  const server = createServer(async (request, response) => {
    await sleep(Number(request.url?.slice(1)));
    response.end(Buffer.alloc(3_000_000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const ask = async (ms: number) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${ms}`;
    const response = await new Promise<IncomingMessage>((resolve) => get(url, { agent: false }, resolve));
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    return [ms, bytes, clock.elapsedMs];
  };
  const giveUp = setTimeout(() => expect.unreachable("the last answer was overtaken"), 2 * HOUR + 1);
  expect(await Promise.all([ask(2 * HOUR), ask(5), ask(4)])).toEqual([
    [2 * HOUR, 3_000_000, 2 * HOUR],
    [5, 3_000_000, 5],
    [4, 3_000_000, 4],
  ]);
  clearTimeout(giveUp);
});
