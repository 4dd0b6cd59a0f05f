import { DnsLookupError, type Resolver } from "../../../domain/net/resolver.ts";

/** Addresses and aliases by name; what is not there does not exist. */
export class FakeDns implements Resolver {
  constructor(
    private readonly hosts: Readonly<Record<string, readonly string[]>>,
    private readonly aliases: Readonly<Record<string, string>> = {},
  ) {}

  async addresses(name: string) {
    const found = this.hosts[name];
    if (found === undefined) {
      throw new DnsLookupError(name, "ENOTFOUND", ["192.0.2.53"]);
    }
    return [...found];
  }
  async alias(name: string) {
    return this.aliases[name];
  }
}

/** A resolver that throws where a test did not say what it answers. */
export function fakeResolver(answers: Partial<Resolver>): Resolver {
  const unplanned = async (name: string) => {
    throw new Error(`nobody expected a look-up of ${name}`);
  };
  return { addresses: unplanned, alias: unplanned, ...answers };
}
