/** Of each dependency, what of its public side is used. */
export type Fakes<D> = {
  readonly [Name in keyof D]?: D[Name] extends (...args: never[]) => unknown ? D[Name] : Partial<D[Name]> | undefined;
};

/** What an adapter offers: its private fields are left out, so that something else can stand in. */
export type Public<T> = Pick<T, keyof T>;

/** Dependencies made of these fakes alone: whatever has no fake, or no such member, throws when it is used. */
export function fakeDeps<D extends object>(fakes: Fakes<D>): D {
  const guards = Object.entries(fakes).map(([name, fake]) => {
    const plain = typeof fake !== "object" || fake === null || Array.isArray(fake);
    return [name, plain ? fake : guarded(name, fake)];
  });
  return guarded("deps", Object.fromEntries(guards));
}

export type Method = (...args: unknown[]) => unknown;

/** An object whose members are those of `target`. @param wrap makes of each method the one that is called */
export function guarded<T extends object>(
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
