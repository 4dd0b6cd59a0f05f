/** What a call that was planned to fail throws. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Of each dependency, what of its public side a test needs. */
export type Fakes<D> = {
  readonly [K in keyof D]?: D[K] extends (...args: never[]) => unknown ? D[K] : Partial<D[K]> | undefined;
};

/** Whether the n-th call (from 0) of a run fails, and whether before or after it has done its work. */
export type Fault = (call: string, n: number) => "before" | "after" | undefined;

export interface NotedCalls<D> {
  readonly deps: D;
  /** Every call in order, as `requests.put`. */
  readonly calls: string[];
}

/**
 * Dependencies made of these fakes alone: each call is noted and may be made to fail; whatever has no fake, or no such
 * member, throws. Functions and values that are not objects, and the logger, pass through.
 */
export function noteCalls<D extends object>(fakes: Fakes<D>, fault: Fault = () => undefined): NotedCalls<D> {
  const calls: string[] = [];
  const noting = Object.entries(fakes).map(([name, fake]) => {
    const plain = typeof fake !== "object" || fake === null || Array.isArray(fake) || name === "logger";
    return [name, plain ? fake : guarded(name, fake, (key, method) => noted(`${name}.${key}`, method))];
  });
  return { deps: guarded<D>("deps", Object.fromEntries(noting)), calls };

  function noted(call: string, method: Method): Method {
    return (...args) => {
      const when = fault(call, calls.length);
      calls.push(call);
      if (when === "before") return failing(method, call);
      const result = method(...args);
      return when === "after" && result instanceof Promise ? result.then(() => failing(method, call)) : result;
    };
  }
}

type Method = (...args: unknown[]) => unknown;

/** Fails as the method would: in what it returns, not at the call. */
function failing(method: Method, call: string): unknown {
  const kind: unknown = Object.getPrototypeOf(method)[Symbol.toStringTag];
  if (kind !== "AsyncGeneratorFunction") return Promise.reject(new Crash(call));
  // biome-ignore lint/correctness/useYield: it fails before its first row
  return (async function* () {
    throw new Crash(call);
  })();
}

function guarded<T extends object>(
  name: string,
  target: T,
  wrap: (key: string, method: Method) => Method = (_, method) => method,
): T {
  return new Proxy(target, {
    get(_, key) {
      if (typeof key === "symbol" || key === "then") return undefined;
      if (!(key in target)) throw new Error(`unplanned: ${name}.${key}`);
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? wrap(key, member.bind(target)) : member;
    },
  });
}
