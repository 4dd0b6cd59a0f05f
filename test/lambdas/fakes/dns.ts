import { type Dns, DnsLookupError } from "../../../aws/dns.ts";
import type { Public } from "./public.ts";

/** Addresses and aliases by name; what is not there does not exist. */
export class FakeDns implements Public<Dns> {
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
