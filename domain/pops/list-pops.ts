import * as z from "zod";
import { keysOf } from "../collections.ts";
import { formatTimestamp } from "../timestamps.ts";
import { isAlive, NO_LIVE_POPS } from "./discovered-pops.ts";
import { BASES, type Basis, byCode, POP_CODES } from "./pop-codes.ts";
import { REC_BASES } from "./recs.ts";
import { type Region, regionsOf } from "./regions.ts";
import { defaultSets } from "./select.ts";
import { siteOf } from "./sites.ts";

/**
 * The catalogue, and the codes that resolved besides, by code: of a country (ISO 3166-1 alpha-2) and a region, if they are given.
 * @param resolvedAt when each POP resolved last for a request: milliseconds since the epoch, by code
 */
export function listPops(
  { country, region }: { readonly country?: string | undefined; readonly region?: Region | undefined },
  resolvedAt: ReadonlyMap<string, number>,
  live = NO_LIVE_POPS,
): PopRow[] {
  const known: ReadonlyMap<string, Basis> = new Map(POP_CODES.map(({ pop, basis }) => [pop, basis]));
  const sets = defaultSets(live);
  const basisOf = (pop: string) => known.get(pop) ?? (resolvedAt.has(pop) ? "here" : "discovered");
  return [...new Set([...known.keys(), ...resolvedAt.keys(), ...live.alive])]
    .sort(byCode)
    .map((pop) => rowOf({ code: pop, basis: basisOf(pop), resolves: isAlive(pop, live) }, sets, resolvedAt.get(pop)))
    .filter((row) => country === undefined || row.country === country)
    .filter((row) => region === undefined || row.regions.includes(region));
}

function rowOf(
  { code, basis, resolves }: Pick<PopRow, "code" | "basis" | "resolves">,
  sets: ReturnType<typeof defaultSets>,
  resolvedAt: number | undefined,
): PopRow {
  const site = siteOf(code);
  return {
    code,
    city: site?.city ?? null,
    country: site?.country ?? null,
    regions: site === undefined ? [] : regionsOf(site),
    default_of: sets.filter(([, pops]) => pops.includes(code)).map(([name]) => name),
    rec: site?.rec ?? null,
    rec_basis: site?.recBasis ?? null,
    latitude: site?.lat ?? null,
    longitude: site?.lon ?? null,
    basis,
    resolves,
    last_resolved_at: resolvedAt === undefined ? null : formatTimestamp(resolvedAt),
  };
}

/** How GET /pops knows a code. */
export const POP_BASES = {
  ...BASES,
  here: "The catalogue lacks it. It resolved for a request of this deployment.",
  discovered: "The catalogue lacks it. It resolved when `prewarm pops --discover` ran.",
} as const;

/** One POP in the answer of GET /pops. Null: not known. */
export const popRowSchema = z
  .object({
    code: z.string().describe("Code of the POP, as in `x-amz-cf-pop`."),
    city: z.string().nullable().describe("City. Null: not known."),
    country: z.string().nullable().describe("Two-letter ISO code."),
    regions: z.array(z.string()).describe("Regions that contain it."),
    default_of: z.array(z.string()).describe("Regions and countries that select it."),
    rec: z.string().nullable().describe("Regional edge cache that likely serves it. Null: not known."),
    rec_basis: z.enum(keysOf(REC_BASES)).nullable().describe("How `rec` is known."),
    latitude: z.number().nullable().describe("Degrees north."),
    longitude: z.number().nullable().describe("Degrees east."),
    basis: z.enum(keysOf(POP_BASES)).describe("How the code is known."),
    resolves: z
      .boolean()
      .nullable()
      .describe("True: it resolved lately. False: it did not when the POPs were discovered. Null: not known."),
    last_resolved_at: z
      .string()
      .nullable()
      .describe("When it last resolved for this deployment. Null: not in the last year."),
  })
  .meta({ id: "Pop", description: "One POP." });

export type PopRow = z.infer<typeof popRowSchema>;

/** A POP's last time is written at most this often. It tells whether a code is alive, not when it was used. */
const RECORD_INTERVAL_MS = 24 * 3_600_000;

/**
 * Those POPs whose last time is to be written now.
 * @param recorded when each was written last: milliseconds since the epoch, by code
 * @param now milliseconds since the epoch
 */
export function popsToRecord(
  resolved: readonly string[],
  recorded: ReadonlyMap<string, number>,
  now: number,
): string[] {
  const isDue = (at: number | undefined) => at === undefined || now - at >= RECORD_INTERVAL_MS;
  return [...new Set(resolved)].filter((pop) => isDue(recorded.get(pop)));
}
