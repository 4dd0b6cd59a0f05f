import { siteOf } from "../../domain/pops/site-of.ts";
import { OUTCOMES, type Outcomes } from "../../domain/readiness/outcomes.ts";
import { OUTCOME_NAMES } from "../parts/outcome-names.ts";
import { Shape } from "../parts/shape.tsx";
import { useWidth } from "../parts/use-width.ts";
import { useReader } from "../session/reader.ts";
import { Land } from "./land.tsx";
import { MAP_HEIGHT, MAP_WIDTH } from "./miller.ts";
import { cityName } from "./names.ts";
import { sectorsOf } from "./sectors.ts";
import { type PopOutcomes, stateOfMetros } from "./state-of-metros.ts";

/** One request's POPs on the map, each metro a disc of what its tasks came to. It is looked at, not worked with. */
export function RequestMap({ pops }: { readonly pops: readonly PopOutcomes[] }) {
  const { say, formats, preferences } = useReader();
  const [ref, width] = useWidth(840);
  const pixel = MAP_WIDTH / Math.max(240, width);
  const { metros, unplaced } = stateOfMetros(pops);
  const said = (outcomes: Outcomes) =>
    OUTCOMES.filter((name) => outcomes[name] > 0)
      .map((name) => `${say(OUTCOME_NAMES[name])} ${formats.count(outcomes[name])}`)
      .join(", ");
  return (
    <figure class="map read">
      <svg ref={ref} viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`} role="img" aria-label={say("map")}>
        <Land pixel={pixel} />
        {metros.map(({ site, x, y, radius, outcomes }) => (
          <g key={site} class="metro-state" transform={`translate(${x} ${y})`}>
            <title>{`${cityName(siteOf(site)?.city ?? site, preferences.language)} ${site}: ${said(outcomes) || say("waiting")}`}</title>
            <circle class="waiting" r={tenths(radius + pixel)} />
            {sectorsOf(outcomes).map(({ outcome, path }) => (
              <path key={outcome} class={outcome} d={path} transform={`scale(${radius})`} />
            ))}
            {outcomes.failed > 0 || outcomes.not_kept > 0 ? (
              <circle
                class={outcomes.failed > 0 ? "trouble failed" : "trouble not_kept"}
                r={tenths(radius + 3 * pixel)}
                stroke-width={tenths(1.6 * pixel)}
              />
            ) : null}
          </g>
        ))}
      </svg>
      <figcaption class="legend small">
        {OUTCOMES.filter((name) => metros.some(({ outcomes }) => outcomes[name] > 0)).map((name) => (
          <span key={name} class={name}>
            <Shape form={name} />
            <span>{say(OUTCOME_NAMES[name])}</span>
          </span>
        ))}
      </figcaption>
      {unplaced.length === 0 ? null : <p class="quiet small">{say("notOnMap", [unplaced.join(", ")])}</p>}
    </figure>
  );
}

/** No digit more than is seen: a report page has hundreds of them. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
