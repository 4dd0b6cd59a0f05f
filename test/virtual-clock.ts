import { syncBuiltinESMExports } from "node:module";
import zlib from "node:zlib";
import { type Clock, install } from "@sinonjs/fake-timers";

/** Timers and clocks of the real machine, taken before anything replaces them. */
const real = { setImmediate, setTimeout, now: performance.now.bind(performance), timeout: AbortSignal.timeout };
const { gzip, gunzip } = zlib;
const eventLoop = performance.nodeTiming;

/** Requests that the thread pool works on: they come to an end, and they end in real time. */
const WORK = /^(FSReq|CloseReq|GetAddrInfo|GetNameInfo|RandomBytes|HashRequest|PBKDF2|Scrypt|SignRequest|KeyPair)/;
const QUIET_TURNS = 3;
/** While no timer is pending, or the clock is frozen: how often to look again, in real milliseconds. */
const POLL_MS = 1;

export interface VirtualClockOptions {
  /** `Date.now()` at the beginning. @default the real time. Certificates are checked against the real time. */
  readonly now?: number;
  /**
   * How long nothing may happen, in real milliseconds, before time advances to the next timer.
   * @default 0: some turns of the event loop, which is enough for promises, files and names. Use 2 with sockets on loopback: a busy machine hands over later what was sent.
   */
  readonly idleMs?: number;
}

/**
 * Replaces the timers and clocks of this thread with virtual ones, and advances them whenever the thread is idle. Code waits as
 * long as it likes, in the right order, and the test waits for none of it.
 *
 * - Virtual: `setTimeout`, `setInterval`, `node:timers`, `node:timers/promises`, `Date`, `performance.now()`, `AbortSignal.timeout()`.
 * - Real: `setImmediate`, `process.nextTick`, `queueMicrotask`, `process.hrtime`, sockets, files and Node's own timeouts
 *   (`socket.setTimeout`, `server.requestTimeout`). Vitest's timeout of a test and `expect.poll` are real, too: use `eventually`.
 * - The thread is idle when `QUIET_TURNS` turns of the event loop, and `idleMs`, pass without an event of a socket, and when the
 *   thread pool has no work. Then time jumps to the next timer, and all timers of that instant run in their order.
 * - Code takes no virtual time to run. A loop that asks for the time and never waits does not end.
 * - `gzip()` and `gunzip()` of zlib stop time until they call back.
 * - Child processes, other threads and zlib's streams are not seen: wrap what waits for them in `frozen()`.
 * - A thread that always has work for its sockets is never idle. A fake that answers at once, and is asked again at once, has to wait.
 * - Time also passes between two steps of a test. A test that wants an instant waits for a promise, or sleeps until that instant.
 * - An interval that is never cleared keeps time moving. `uninstall()` drops all timers that are pending.
 * - Install it once per file, by `useVirtualClock`: undici keeps one timer for good, and would wait for the timer of a clock that is gone.
 */
export interface VirtualClock {
  /** How far time has advanced since the clock was installed, in milliseconds. */
  readonly elapsedMs: number;
  /** Stops time while real work goes on. @returns what the work returns */
  frozen<T>(work: () => Promise<T>): Promise<T>;
  uninstall(): void;
}

export function installVirtualClock({ now = Date.now(), idleMs = 0 }: VirtualClockOptions = {}): VirtualClock {
  const clock = install({
    now,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
    shouldClearNativeTimers: true,
  });
  // Node waits for 1 ms at least, so a loop that waits for less than that comes to an end. This library does so within a timer alone.
  Object.defineProperty(clock, "duringTick", { get: () => true, set: () => undefined });
  const begun = real.now();
  const elapsed = () => clock.now - now;
  performance.now = () => begun + elapsed();
  AbortSignal.timeout = abortAfter;
  let isInstalled = true;
  let frozen = 0;
  // The thread pool works on them, and Node counts them nowhere.
  const stopsTime = (work: typeof gzip): typeof gzip => {
    const stopping = (...args: unknown[]) => {
      const callback = args.pop() as zlib.CompressCallback;
      frozen++;
      const onEnd: zlib.CompressCallback = (error, result) => {
        frozen--;
        callback(error, result);
      };
      return (work as (...args: unknown[]) => void)(...args, onEnd);
    };
    return stopping as typeof gzip;
  };
  Object.assign(zlib, { gzip: stopsTime(gzip), gunzip: stopsTime(gunzip) });
  syncBuiltinESMExports();

  const canAdvance = () => isInstalled && frozen === 0 && clock.countTimers() > 0;
  const run = async () => {
    while (isInstalled) {
      if (!canAdvance()) await realSleep(POLL_MS);
      else if ((await isIdle(idleMs)) && canAdvance()) await fireNext(clock);
    }
  };
  void run();

  return {
    get elapsedMs() {
      return elapsed();
    },
    frozen: async (work) => {
      frozen++;
      try {
        return await work();
      } finally {
        frozen--;
      }
    },
    uninstall: () => {
      isInstalled = false;
      clock.uninstall();
      Reflect.deleteProperty(performance, "now");
      AbortSignal.timeout = real.timeout;
      Object.assign(zlib, { gzip, gunzip });
      syncBuiltinESMExports();
    },
  };
}

/** Installs a virtual clock for all tests of a file. Call it before what else begins in `beforeAll`. */
export function useVirtualClock(options?: VirtualClockOptions): Pick<VirtualClock, "frozen"> {
  let clock: VirtualClock | undefined;
  beforeAll(() => {
    clock = installVirtualClock(options);
  });
  afterAll(() => clock?.uninstall());
  return {
    frozen: (work) => {
      if (clock === undefined) throw new Error("The virtual clock is not installed yet");
      return clock.frozen(work);
    },
  };
}

/**
 * Waits until a value is as it should be. It waits in the test's time: virtual while a virtual clock is installed, else real.
 * @param read is called every 10 ms, for 10 s at most
 */
export function eventually<T>(read: () => T | Promise<T>, { timeoutMs = 10_000 } = {}) {
  const poll = async (check: (value: T) => void) => {
    for (const until = performance.now() + timeoutMs; ; await new Promise((resolve) => setTimeout(resolve, 10))) {
      try {
        return check(await read());
      } catch (error) {
        if (performance.now() >= until) throw error;
      }
    }
  };
  return {
    toBe: (expected: T) => poll((value) => expect(value).toBe(expected)),
    toEqual: (expected: unknown) => poll((value) => expect(value).toEqual(expected)),
    toContain: (expected: unknown) => poll((value) => expect(value).toContain(expected)),
    toBeGreaterThan: (expected: number) => poll((value) => expect(value).toBeGreaterThan(expected)),
    toBeGreaterThanOrEqual: (expected: number) => poll((value) => expect(value).toBeGreaterThanOrEqual(expected)),
  };
}

/** Whether nothing of this thread happened for some turns, and for so many real milliseconds. */
async function isIdle(idleMs: number): Promise<boolean> {
  const { events } = eventLoop.uvMetricsInfo;
  for (let turns = 0; turns < QUIET_TURNS; turns++) await realTurn();
  if (idleMs > 0) {
    await realSleep(idleMs);
    // What came meanwhile is seen in these turns.
    for (let turns = 0; turns < QUIET_TURNS; turns++) await realTurn();
  }
  return eventLoop.uvMetricsInfo.events === events && !process.getActiveResourcesInfo().some((name) => WORK.test(name));
}

/** Runs the next timer, and those of the same instant, with a turn of the event loop between them. */
async function fireNext(clock: Clock): Promise<void> {
  do {
    try {
      clock.next();
    } catch (error) {
      // As Node does: what a timer throws is nobody's to catch.
      process.nextTick(() => {
        throw error;
      });
    }
    await realTurn();
  } while (clock.timerHeap?.peek()?.callAt === clock.now);
}

function abortAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  const reason = () => new DOMException("The operation was aborted due to timeout", "TimeoutError");
  setTimeout(() => controller.abort(reason()), ms);
  return controller.signal;
}

function realTurn(): Promise<void> {
  return new Promise((resolve) => void real.setImmediate(resolve));
}

function realSleep(ms: number): Promise<void> {
  return new Promise((resolve) => void real.setTimeout(resolve, ms));
}
