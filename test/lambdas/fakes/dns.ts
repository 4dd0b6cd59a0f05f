import { DnsLookupError, type Resolver } from "../../../domain/net/resolver.ts";

type Names<T> = Readonly<Record<string, T>>;

/** Addresses and aliases by name; what is not there does not exist. */
export function fakeDns(hosts: Names<readonly string[]>, aliases: Names<string> = {}): Resolver {
  return {
    addresses: async (name) => {
      const found = hosts[name];
      if (found === undefined) throw new DnsLookupError(name, "ENOTFOUND", ["192.0.2.53"]);
      return [...found];
    },
    alias: async (name) => aliases[name],
  };
}

/** A resolver that throws where a test did not say what it answers. */
export function fakeResolver(answers: Partial<Resolver>): Resolver {
  const unplanned = async (name: string) => {
    throw new Error(`nobody expected a look-up of ${name}`);
  };
  return { addresses: unplanned, alias: unplanned, ...answers };
}
