/**
 * The dependencies of a function of which a test uses some alone: whatever has no fake, or no such member, throws.
 * @param overrides what the test uses
 */
export function fakeDeps<D extends object>(overrides: { readonly [Name in keyof D]?: Partial<D[Name]> }): D {
  return new Proxy(overrides, {
    get(_, name) {
      if (name in overrides) return Reflect.get(overrides, name);
      throw new Error(`unplanned: ${String(name)}`);
    },
  }) as D;
}
