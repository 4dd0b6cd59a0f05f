// What is warmed while the pictures are taken: a game's patch, with trouble at two POPs.
import { recOf } from "../../domain/pops/sites.ts";
import type { Fault, FaultRequest } from "../edge/faults.ts";
import { HOST } from "../local/world.ts";

const FOLDER = "/patch/4.2.0/";
const PAKS = Array.from({ length: 23 }, (_, i) => `${FOLDER}pak-${String(i + 1).padStart(3, "0")}.bin`);
const MB = 1_000_000;

/** Paths and bytes. */
export const FILES: Readonly<Record<string, number>> = {
  [`${FOLDER}index.json`]: 40_000,
  ...Object.fromEntries(PAKS.map((path, i) => [path, (1 + ((i * 7) % 5)) * MB])),
};

/** 38 POPs under nine RECs, in five regions. */
export const POPS = [
  ...["SIN2-P1", "SIN2-P6", "SIN52-C2", "BKK50-C2", "CGK50-P1", "HKG54-P1", "KUL51-P1", "MNL52-P1", "SGN50-P1"],
  ...["BOM54-P2", "BOM78-P1", "BLR50-P3", "DEL54-P2", "HYD57-P1"],
  ...["ICN57-P1", "ICN57-P2", "ICN80-P1", "TPE53-P1", "TPE54-P1"],
  ...["NRT20-P9", "NRT51-P2", "NRT57-P3", "KIX50-P2"],
  ...["SYD62-P1", "MEL52-P2"],
  ...["FRA56-P4", "FRA60-P1", "MXP63-P7", "WAW51-P6"],
  ...["LHR50-P2", "LHR61-P3", "AMS58-P4", "CDG52-P2", "MAD53-P1"],
  ...["IAD89-P1", "JFK52-P2"],
  ...["LAX54-P3", "SFO5-P2"],
];

/** So many instances share this machine. */
const INSTANCES = 4;

/** The body of the request. Its limit for the origin makes it last a minute, which is long enough to be seen under way. */
export const BODY = {
  url_list: Object.keys(FILES).map((path) => `https://${HOST}${path}`),
  cf_domain: HOST,
  target_type: "pop",
  pops: POPS,
  timeout: 30,
  instance_count: INSTANCES,
  origin: { requests_per_second: 5 },
};

/** How fast the POPs under a REC send, in bytes a second. */
const SPEEDS: Readonly<Record<string, number>> = { Singapore: 2 * MB, Seoul: 2 * MB, Tokyo: 2.4 * MB };
const SPEED = 1 * MB;

/** No answer for some objects at one POP, and bodies that are too short at another. */
export function trouble({ pop, path, method }: FaultRequest): Fault | undefined {
  if (method !== "GET") return undefined;
  const number = PAKS.indexOf(path) + 1;
  if (pop === "DEL54-P2" && number >= 3 && number <= 9) return { kind: "reset", after: 0 };
  if (pop === "CGK50-P1" && (number === 17 || number === 18)) return { kind: "lie", contentLengthDelta: -MB };
  return { kind: "drip", bytesPerSecond: SPEEDS[recOf(pop) ?? ""] ?? SPEED };
}
