import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { recOf } from "../../domain/pops/sites.ts";
import type { EdgePop } from "../edge/edge-options.ts";
import type { SiteObject } from "../edge/site.ts";
import { TAG_HEADER } from "../memory-aws/distribution-kinds.ts";
import type { StandInOptions } from "./stand-in-edge.ts";

/** The host name of the site that the stand-in edge serves. */
export const HOST = "www.example.com";

/** The one POP of the catalogue that does not resolve here. In the real DNS, too, some do not. */
export const DEAD_POP = "ICN51-C1";

const KB = 1_000;
const MB = 1_000_000;

/** The files to warm: path and bytes. */
export const FILES: Readonly<Record<string, number>> = {
  "/index.html": 1 * KB,
  "/css/bootstrap-icons.css": 2 * KB,
  "/css/site.css": 5 * KB,
  "/js/shop.js": 10 * KB,
  "/img/logo.svg": 20 * KB,
  "/img/hero.avif": 50 * KB,
  "/img/hero@2x.avif": 100 * KB,
  "/fonts/text.woff2": 200 * KB,
  "/video/poster.jpg": 500 * KB,
  "/video/intro-1.ts": 1 * MB,
  "/video/intro-2.ts": 2 * MB,
  "/video/intro-3.ts": 4 * MB,
  "/patch/manifest.json?build=812": 5 * MB,
  "/patch/part-1.bin": 10 * MB,
  "/patch/part-2.bin": 20 * MB,
};

/** Content-Type by the extension, of files that CloudFront compresses. */
const TEXT_TYPES = new Map([
  ["html", "text/html"],
  ["css", "text/css"],
  ["js", "text/javascript"],
  ["svg", "image/svg+xml"],
]);

/** Every POP of the catalogue, each under the REC that serves its site. */
export const world: StandInOptions = {
  aliases: [HOST],
  pops: popsNamed(POP_CODES.map(({ pop }) => pop).filter((pop) => pop !== DEAD_POP)),
  deadPops: [DEAD_POP],
  site: Object.fromEntries(Object.entries(FILES).map((file) => [file[0], objectOf(file)])),
};

/** POPs of the catalogue, each under the REC that serves its site. */
export function popsNamed(pops: readonly string[]): EdgePop[] {
  return pops.map((pop) => ({ pop, rec: recOf(pop) ?? "none" }));
}

function objectOf([path, size]: readonly [path: string, size: number]): SiteObject {
  const tags = { [TAG_HEADER]: tagsOf(path) };
  const type = textTypeOf(path);
  return type === undefined
    ? { size, headers: tags }
    : { size, letters: true, headers: { ...tags, "content-type": type } };
}

/** Whether the edge compresses a file. */
export function isText(path: string): boolean {
  return textTypeOf(path) !== undefined;
}

function textTypeOf(path: string): string | undefined {
  return TEXT_TYPES.get(path.split(".").at(-1) ?? "");
}

/** Cache tags of a file: its folder and the release. */
function tagsOf(path: string): string {
  return [...path.split("/").slice(1, -1), "release-42"].join(", ");
}

/**
 * The first POPs of the catalogue.
 * @param rec of all of them: the origin is asked once for an object, so that it is no bottleneck. @default the catalogue's of each
 */
export function firstPops(count: number, rec?: string): EdgePop[] {
  return POP_CODES.slice(0, count).map(({ pop }) => ({ pop, rec: rec ?? recOf(pop) ?? "none" }));
}

/**
 * POPs of the catalogue, so many under each of so many RECs, those RECs with the most POPs first.
 * @throws RangeError if the catalogue has fewer
 */
export function popsUnder(recs: number, each: number): EdgePop[] {
  const byRec = new Map<string, string[]>();
  for (const { pop } of POP_CODES) {
    const rec = recOf(pop);
    if (rec !== undefined) byRec.set(rec, [...(byRec.get(rec) ?? []), pop]);
  }
  const chosen = [...byRec].sort(([, a], [, b]) => b.length - a.length).slice(0, recs);
  if (chosen.length < recs || chosen.some(([, pops]) => pops.length < each))
    throw new RangeError(`The catalogue has not ${each} POPs under each of ${recs} RECs`);
  return chosen.flatMap(([rec, pops]) => pops.slice(0, each).map((pop) => ({ pop, rec })));
}
