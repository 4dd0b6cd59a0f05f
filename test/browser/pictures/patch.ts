// What is warmed while the pictures are taken: a game's patch, with trouble at two POPs.
import { recOf } from "../../../domain/pops/sites.ts";
import type { Fault, FaultRequest } from "../../../tools/edge/faults.ts";
import { HOST } from "../../../tools/local/world.ts";
import { PATCH_POPS } from "../patch-pops.ts";

const FOLDER = "/patch/4.2.0/";
const PAKS = Array.from({ length: 23 }, (_, i) => `${FOLDER}pak-${String(i + 1).padStart(3, "0")}.bin`);
const MB = 1_000_000;

/** Paths and bytes. */
export const FILES: Readonly<Record<string, number>> = {
  [`${FOLDER}index.json`]: 40_000,
  ...Object.fromEntries(PAKS.map((path, i) => [path, (1 + ((i * 7) % 5)) * MB])),
};

/** So many instances share this machine. */
const INSTANCES = 4;

/** The body of the request. Its limit for the origin makes it last a minute, which is long enough to be seen under way. */
export const BODY = {
  url_list: Object.keys(FILES).map((path) => `https://${HOST}${path}`),
  cf_domain: HOST,
  target_type: "pop",
  pops: PATCH_POPS,
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
