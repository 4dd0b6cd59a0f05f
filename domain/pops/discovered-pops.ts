import * as z from "zod";
import { formatTimestamp, parseTimestamp } from "../timestamps.ts";
import { byCode, POP_CODE, POP_CODES } from "./pop-codes.ts";
import type { Site } from "./sites.ts";

/** Object of the deployment's bucket with the list that `prewarm pops --discover --save` writes. */
export const DISCOVERED_KEY = "pops/discovered.json";

/** Upper bound of the list's size. A thousand codes take 13 kB. */
export const MAX_DISCOVERED_BYTES = 256_000;

/** A list is used for a week. POPs that this deployment saw resolve count for a month: it asks for them at each request. */
const MAX_AGE_MS = 7 * 86_400_000;
const RESOLVED_AGE_MS = 30 * 86_400_000;

/** The list in its file. */
const discoveredSchema = z.object({
  /** When its oldest part was asked for. */
  discovered_at: z.string().refine((text) => Number.isFinite(parseTimestamp(text)), "must be a timestamp"),
  /** Sites of which each candidate has an answer: a code there that is not in `pops` does not exist. */
  sites: z.array(z.string()),
  pops: z.array(z.string()),
});

/** Result of a discovery: the POPs that resolve, and the sites (three letters) of which all is known. */
export type DiscoveredPops = z.infer<typeof discoveredSchema>;

interface ReadList {
  readonly list?: DiscoveredPops;
  readonly note?: string;
}

/**
 * Reads a list. Entries that are no codes are left out.
 * @param now milliseconds since the epoch
 * @returns the list, if it can be used; a note, if something of it cannot
 */
export function readDiscovered(text: string | undefined, now: number): ReadList {
  if (text === undefined) return {};
  if (text.length > MAX_DISCOVERED_BYTES)
    return { note: `The list of discovered POPs is larger than ${MAX_DISCOVERED_BYTES} bytes and is not used.` };
  const { data, error } = discoveredSchema.safeParse(jsonOf(text));
  if (data === undefined)
    return { note: `The list of discovered POPs is damaged and is not used: ${z.prettifyError(error)}` };
  const ageMs = now - parseTimestamp(data.discovered_at);
  if (ageMs > MAX_AGE_MS || ageMs < -MAX_AGE_MS)
    return {
      note: `The list of POPs discovered at ${data.discovered_at.slice(0, 16)} is older than a week and is not used. To renew it: prewarm pops --discover`,
    };
  const pops = data.pops.filter((pop) => POP_CODE.test(pop));
  const list = { ...data, sites: data.sites.filter((site) => /^[A-Z]{3}$/.test(site)), pops: [...new Set(pops)] };
  const invalid = data.pops.length - pops.length;
  return invalid === 0
    ? { list }
    : { list, note: `The list of discovered POPs has ${invalid} entries that are no POP codes.` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Facts on which POPs exist now. */
export interface LivePops {
  /** Codes that resolved lately. */
  readonly alive: ReadonlySet<string>;
  /** Sites of which all is known: a code there that is not alive does not exist. */
  readonly sites: ReadonlySet<string>;
  /** When the list was discovered, as in an answer. Null: there is no list. */
  readonly discoveredAt: string | null;
  /** Why something of a list is not used. */
  readonly note?: string | undefined;
}

/** No facts: the catalogue alone. */
export const NO_LIVE_POPS: LivePops = { alive: new Set(), sites: new Set(), discoveredAt: null };

/**
 * The facts of a list and of a deployment.
 * @param list of {@link readDiscovered}
 * @param resolvedAt when each POP resolved last for a request: milliseconds since the epoch, by code
 * @param now milliseconds since the epoch
 */
export function livePops({ list, note }: ReadList, resolvedAt: ReadonlyMap<string, number>, now: number): LivePops {
  const resolved = [...resolvedAt].filter(([, at]) => now - at <= RESOLVED_AGE_MS).map(([pop]) => pop);
  return {
    alive: new Set([...(list?.pops ?? []), ...resolved]),
    sites: new Set(list?.sites),
    discoveredAt: list?.discovered_at ?? null,
    note,
  };
}

/** As an answer has it. */
export function sourceOf({ discoveredAt }: LivePops): "catalogue" | "discovered" {
  return discoveredAt === null ? "catalogue" : "discovered";
}

/** Whether a code exists, as far as the facts say. Null: they do not. */
export function isAlive(pop: string, { alive, sites }: LivePops): boolean | null {
  if (alive.has(pop)) return true;
  return sites.has(pop.slice(0, 3)) ? false : null;
}

/** Kinds and numbers that each facility is asked for. C is the older kind, of which high numbers are unknown. */
const NUMBERS = [
  ...Array.from({ length: 20 }, (_, i) => `P${i + 1}`),
  ...Array.from({ length: 4 }, (_, i) => `C${i + 1}`),
];

/**
 * The codes that may exist at sites, the likeliest first: those of the catalogue, then the facilities seen at the site itself, then the
 * facility numbers seen at any site, one site after the other. China's sites belong to another service and have none.
 */
export function candidatesAt(sites: readonly Pick<Site, "iata" | "country">[]): string[] {
  const wanted = sites.filter(({ country }) => country !== "CN").map(({ iata }) => iata);
  const known = POP_CODES.map(({ pop }) => pop).filter((pop) => !pop.includes("-E"));
  const facilities = [...new Set(known.map(facilityOf))].sort((a, b) => a - b);
  const seen = new Set(known.map((pop) => pop.slice(0, pop.indexOf("-"))));
  const ofFacilities = wanted.flatMap((site) => facilities.map((number) => `${site}${number}`));
  return [
    ...new Set([
      ...known.filter((pop) => wanted.includes(pop.slice(0, 3))),
      ...ofFacilities.filter((facility) => seen.has(facility)).flatMap(codesOf),
      ...ofFacilities.flatMap(codesOf),
    ]),
  ];
}

function codesOf(facility: string): string[] {
  return NUMBERS.map((number) => `${facility}-${number}`);
}

function facilityOf(pop: string): number {
  return Number.parseInt(pop.slice(3), 10);
}

interface Found {
  readonly alive: readonly string[];
  readonly answered: ReadonlySet<string>;
  /** When the questions began: milliseconds since the epoch. */
  readonly begunAt: number;
}

/**
 * A list with the answers of a discovery, which replace what it had of their sites. Of other sites it stays as it was, and the whole is as
 * old as its oldest part. Sites with a candidate that has no answer are not in `sites`, and keep the POPs known before.
 */
export function withAnswers(
  list: DiscoveredPops | undefined,
  candidates: readonly string[],
  { alive, answered, begunAt }: Found,
): DiscoveredPops {
  const asked = new Set(candidates.map((pop) => pop.slice(0, 3)));
  const incomplete = new Set(candidates.filter((pop) => !answered.has(pop)).map((pop) => pop.slice(0, 3)));
  const kept = (list?.pops ?? []).filter((pop) => !answered.has(pop));
  const sites = (list?.sites ?? []).filter((site) => !asked.has(site));
  const isNew = list === undefined || (sites.length === 0 && kept.length === 0);
  return {
    discovered_at: isNew ? formatTimestamp(begunAt) : list.discovered_at,
    sites: [...new Set([...sites, ...[...asked].filter((site) => !incomplete.has(site))])].sort(),
    pops: [...new Set([...kept, ...alive])].sort(byCode),
  };
}
