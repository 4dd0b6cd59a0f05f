import { type Fakes, guarded, type Method } from "../../tools/local/fake-deps.ts";

/** What a call that was planned to fail throws. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Whether the n-th call (from 0) of a run fails, and whether before or after it has done its work. */
export type Fault = (call: string, n: number, args: readonly unknown[]) => "before" | "after" | undefined;

/** These calls fail, and do nothing. */
export function failing(...calls: readonly string[]): Fault {
  return (call) => (calls.includes(call) ? "before" : undefined);
}

/**
 * Dependencies made of these fakes alone: each call is noted and may be made to fail; whatever has no fake, or no such
 * member, throws. Functions and values that are not objects, and the logger, pass through.
 */
export function noteCalls<D extends object>(fakes: Fakes<D>, fault: Fault = () => undefined) {
  /** Every call in order, as `requests.put`. */
  const calls: string[] = [];
  /** What a test has happen just before a call, by its name. */
  const before: Record<string, () => unknown> = {};
  const noting = Object.entries(fakes).map(([name, fake]) => {
    const plain = typeof fake !== "object" || fake === null || Array.isArray(fake) || name === "logger";
    return [name, plain ? fake : guarded(name, fake, (key, method) => noted(`${name}.${key}`, method))];
  });
  /** How often a call was made. */
  const times = (name: string) => calls.filter((call) => call === name).length;
  return { deps: guarded<D>("deps", Object.fromEntries(noting)), calls, times, before };

  function noted(call: string, method: Method): Method {
    return (...args) => {
      const when = fault(call, calls.length, args);
      calls.push(call);
      before[call]?.();
      if (when === "before") return crashed(call);
      const result = method(...args);
      return when === "after" && result instanceof Promise ? result.then(() => crashed(call)) : result;
    };
  }
}

/** What a method returns that fails: a promise, or items of which none comes. */
function crashed(call: string) {
  const failed = Promise.reject(new Crash(call));
  return Object.assign(failed, { [Symbol.asyncIterator]: () => ({ next: () => failed }) });
}
