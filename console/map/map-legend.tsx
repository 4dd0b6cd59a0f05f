import { useFormReader } from "../words/form-reader.ts";

/** What the drawings stand for. @param hasAsleep whether any is of POPs that resolved long ago */
export function MapLegend({ hasAsleep }: { readonly hasAsleep: boolean }) {
  const { say } = useFormReader();
  return (
    <figcaption class="legend small">
      <span>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <circle cx="6" cy="6" r="5" />
        </svg>
        {say("legendMetro")}
      </span>
      <span>
        <svg class="some" viewBox="0 0 12 12" aria-hidden="true">
          <circle cx="6" cy="6" r="5" />
          <circle class="inner" cx="6" cy="6" r="2.4" />
        </svg>
        {say("legendSome")}
      </span>
      <span>
        <svg class="all" viewBox="0 0 12 12" aria-hidden="true">
          <circle class="inner" cx="6" cy="6" r="5" />
        </svg>
        {say("legendAll")}
      </span>
      <span>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <path d="M6 .8 11.2 6 6 11.2.8 6z" />
        </svg>
        {say("legendRec")}
      </span>
      {hasAsleep ? (
        <span>
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <circle class="asleep" cx="6" cy="6" r="5" />
          </svg>
          {say("notLately")}
        </span>
      ) : null}
    </figcaption>
  );
}
