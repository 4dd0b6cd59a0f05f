import { useMemo } from "preact/hooks";
import { recName } from "../../domain/pops/recs.ts";
import { siteOf } from "../../domain/pops/sites.ts";
import { useFormReader } from "../words/form-reader.ts";
import type { CataloguePop } from "./groups.ts";
import { isStale, metrosOf } from "./metros.ts";
import { cityName } from "./names.ts";
import { chosenOf, type Selection, shareOf } from "./selection.ts";
import { WorldSvg } from "./world-svg.tsx";

interface WorldMapProps {
  readonly pops: readonly CataloguePop[];
  readonly selection: Selection;
}

/** Where the selected POPs are. The map only shows the selection: the chips and the list change it. */
export function WorldMap({ pops, selection }: WorldMapProps) {
  const { say, preferences } = useFormReader();
  const metros = useMemo(() => {
    const now = Date.now();
    return metrosOf(pops, ({ code }) => code).metros.map((metro) => ({
      ...metro,
      codes: metro.pops.map(({ code }) => code),
      isStale: isStale(metro.pops, now),
    }));
  }, [pops]);
  const describe = ({ site, codes, isStale }: (typeof metros)[number]) => {
    const rec = siteOf(site)?.rec;
    const parts = [
      say("ofPops", { chosen: chosenOf(codes, selection), total: codes.length }),
      rec === undefined ? say("recUnknown") : say("itsRec", { rec: recName(rec, preferences.language) }),
      ...(isStale ? [say("notLately")] : []),
    ];
    const city = cityName(siteOf(site)?.city ?? site, preferences.language);
    return `${city} ${site}: ${parts.reduce((first, second) => say("listOfTwo", { first, second }))}`;
  };
  return (
    <figure class="map">
      <WorldSvg label={say("mapLabel")}>
        {(pixel, minRadius) =>
          metros.map((metro) => (
            <g key={metro.site} transform={`translate(${metro.x} ${metro.y})`}>
              <title>{describe(metro)}</title>
              <Disc
                codes={metro.codes}
                selection={selection}
                isDashed={metro.isStale}
                radius={Math.max(metro.radius, minRadius)}
                pixel={pixel}
              />
            </g>
          ))
        }
      </WorldSvg>
      <figcaption class="legend small">
        {LEGEND.map(([text, selected]) => (
          <span key={text}>
            <LegendDisc selected={selected} />
            {say(text)}
          </span>
        ))}
        {metros.some((metro) => metro.isStale) ? (
          <span>
            <LegendDisc selected="" isDashed />
            {say("notLately")}
          </span>
        ) : null}
      </figcaption>
    </figure>
  );
}

/** Each text of the legend, with the codes that its disc has selected of "a" and "b". */
const LEGEND = [
  ["legendMetro", ""],
  ["legendSome", "a"],
  ["legendAll", "ab"],
] as const;

function LegendDisc({ selected, isDashed = false }: { readonly selected: string; readonly isDashed?: boolean }) {
  return (
    <svg viewBox="-6 -6 12 12" aria-hidden="true">
      <Disc codes={["a", "b"]} selection={new Set(selected)} isDashed={isDashed} radius={5.5} pixel={1} />
    </svg>
  );
}

interface DiscProps {
  readonly codes: readonly string[];
  readonly selection: Selection;
  readonly isDashed: boolean;
  readonly radius: number;
  /** One CSS pixel in the units of `radius`. */
  readonly pixel: number;
}

/** A disc; inside, the share that is selected, by its area. */
function Disc({ codes, selection, isDashed, radius, pixel }: DiscProps) {
  const share = shareOf(codes, selection);
  // A dashed outline is seen apart from what is in it.
  const room = radius - (isDashed ? 2.6 : share === "all" ? 1 : 2) * pixel;
  const inner = Math.max(radius * 0.34, room * Math.sqrt(chosenOf(codes, selection) / codes.length));
  return (
    <g class={`mark ${share}`}>
      <circle
        r={radius - 0.5 * pixel}
        stroke-width={1.5 * pixel}
        stroke-dasharray={isDashed ? `${2 * pixel} ${1.6 * pixel}` : undefined}
      />
      {share === "none" ? null : <circle class="inner" r={inner} />}
    </g>
  );
}
