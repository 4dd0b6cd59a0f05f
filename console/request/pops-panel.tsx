import { useMemo, useState } from "preact/hooks";
import { outcomesOf } from "../../domain/readiness/outcomes.ts";
import { isTerminal } from "../../domain/request/status.ts";
import type { Progress } from "../api/answers.ts";
import { useKeys } from "../keys/use-keys.ts";
import { RequestMapLater } from "../map/later.tsx";
import { Choices } from "../parts/choices.tsx";
import { useReader } from "../session/reader.ts";
import { groupPops } from "./group-pops.ts";
import { OutcomeCounts } from "./outcome-counts.tsx";
import { PopList } from "./pop-list.tsx";
import { MOST_TILES, PopMatrix } from "./pop-matrix.tsx";

const VIEWS = ["matrix", "map", "list"] as const;
type View = (typeof VIEWS)[number];

interface PopsPanelProps {
  readonly request: Progress;
  /** Undefined: a POP cannot be opened. */
  readonly onPop: ((pop: string) => void) | undefined;
}

/** The POPs as a matrix, on the map or as a list. */
export function PopsPanel({ request, onPop }: PopsPanelProps) {
  const { say, count } = useReader();
  const [view, setView] = useState<View>("matrix");
  const groups = useMemo(() => groupPops(request.pops), [request.pops]);
  // At the end it stands in the narrow column: what is not warm matters more then.
  const ended = isTerminal(request.status);
  const many = request.pops.length > MOST_TILES;
  const small = many || ended;
  // Hundreds of cells have no room there, so that those of RECs without trouble are folded at first.
  const [failedOnly, setFailedOnly] = useState(many && ended && groups.some(({ bad }) => bad > 0));
  const shown = useMemo(() => (failedOnly ? groups.filter(({ bad }) => bad > 0) : groups), [groups, failedOnly]);
  useKeys({
    v: () => setView((it) => VIEWS[(VIEWS.indexOf(it) + 1) % VIEWS.length] ?? "matrix"),
    f: () => setFailedOnly((it) => !it),
  });
  if (request.pops.length === 0) return <section class="pops" />;
  return (
    <section class="pops">
      <div class="section-head">
        <h2>{say("pops")}</h2>
        <Choices
          label={say("pops")}
          options={VIEWS.map((value) => ({ value, text: say(value) }))}
          value={view}
          onChoose={setView}
        />
        {failedOnly || groups.some(({ bad }) => bad > 0) ? (
          <button
            type="button"
            class="button plain"
            aria-pressed={failedOnly}
            onClick={() => setFailedOnly(!failedOnly)}
          >
            {say("failedOnly")}
          </button>
        ) : null}
        {ended ? null : <OutcomeCounts outcomes={outcomesOf(request)} ended={false} />}
      </div>
      {view === "matrix" ? <PopMatrix groups={shown} small={small} onPop={onPop} /> : null}
      {view === "map" ? <RequestMapLater pops={shown.flatMap(({ pops }) => pops)} /> : null}
      {view === "list" ? <PopList groups={shown} onPop={onPop} /> : null}
      {shown.length < groups.length ? <p class="quiet">{count("recFine", groups.length - shown.length)}</p> : null}
    </section>
  );
}
