import { project } from "../../console/map/miller.ts";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { RECS } from "../../domain/pops/recs.ts";
import { SITES, siteOf } from "../../domain/pops/sites.ts";
import { type Disc, moveApart } from "./move-apart.ts";

/** Half a diamond's width, with room around it. */
const REC_RADIUS = 7.5;

/** The metros of the catalogue and the RECs that serve one of them, each where it is drawn. A metro's disc grows with its POPs. */
export function placesOnMap(): { readonly metros: Disc[]; readonly recs: Disc[] } {
  const metros = SITES.map(({ iata, lat, lon }) => ({
    name: iata,
    radius: radiusOf(POP_CODES.filter(({ pop }) => pop.slice(0, 3) === iata).length),
    ...project(lat, lon),
  }));
  const recs = RECS.filter(({ name }) => SITES.some(({ rec }) => rec === name)).map(({ name, site }) => {
    const at = siteOf(site);
    if (at === undefined) throw new Error(`${name} stands at no site of the catalogue`);
    return { name, radius: REC_RADIUS, ...project(at.lat, at.lon) };
  });
  const moved = moveApart([...metros, ...recs]);
  return { metros: moved.slice(0, metros.length), recs: moved.slice(metros.length) };
}

/** By the square root: the area tells the number. */
function radiusOf(pops: number): number {
  return Math.max(5.2, 2.1 * Math.sqrt(pops));
}
