import type { Answer, Question } from "dns-packet";
import type { Distributions } from "./distributions.ts";

export interface Zone {
  readonly distributions: Distributions;
  /** The addresses of a POP, by its name in capitals. Dead POPs are not in it. */
  readonly addressesOf: ReadonlyMap<string, readonly string[]>;
  /** Where the distribution's own name points: CloudFront would choose the nearest POP. */
  readonly nearest: readonly string[];
}

const TTL_SECONDS = 60;

/**
 * The records for a question, or `undefined` when the name does not exist (NXDOMAIN). A name that exists and has nothing
 * of the wanted type, such as AAAA, gives an empty list.
 */
export function answersTo(question: Question, zone: Zone): Answer[] | undefined {
  const { name, type = "A" } = question;
  const [, label, pop] = /^([^.]+)\.([^.]+)\.cloudfront\.(?:net|cn)$/i.exec(name) ?? [];
  if (label !== undefined && pop !== undefined) {
    const addresses = zone.distributions.hasLabel(label) ? zone.addressesOf.get(pop.toUpperCase()) : undefined;
    return addresses && records(name, type, addresses);
  }
  const domain = zone.distributions.domainOf(name);
  if (domain === undefined) return undefined;
  if (domain === name.toLowerCase()) return records(name, type, zone.nearest);
  const alias: Answer = { type: "CNAME", name, ttl: TTL_SECONDS, data: domain };
  return type === "CNAME" ? [alias] : [alias, ...records(domain, type, zone.nearest)];
}

function records(name: string, type: Question["type"], addresses: readonly string[]): Answer[] {
  return type === "A" ? addresses.map((data) => ({ type: "A", name, ttl: TTL_SECONDS, data })) : [];
}
