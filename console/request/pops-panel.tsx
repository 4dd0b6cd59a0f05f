import { useMemo } from "preact/hooks";
import type { Progress } from "../../client/answers.ts";
import { taskStatesOf } from "../../domain/readiness/task-states.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { useKeys } from "../keys/use-keys.ts";
import { RequestMapLater } from "../map/later.tsx";
import { Choices } from "../parts/choices.tsx";
import { useReader } from "../session/reader.ts";
import { useParameter } from "../session/use-parameter.ts";
import { failedEverywhere, NOWHERE, without } from "./everywhere.ts";
import { groupPops, troubleFirst } from "./group-pops.ts";
import { OutcomeCounts } from "./outcome-counts.tsx";
import { PopList } from "./pop-list.tsx";
import { MAX_TILES, PopMatrix } from "./pop-matrix.tsx";

type View = "matrix" | "map" | "list";
const VIEWS: readonly View[] = ["matrix", "map", "list"];

interface PopsPanelProps {
  readonly request: Progress;
  /** It has the wide column at the end: cells below the map have room for codes. */
  readonly isWide: boolean;
}

/** The POPs as a matrix, on the map or as a list. At the end, what fails everywhere is left aside: it would hide where something fails. */
export function PopsPanel({ request, isWide }: PopsPanelProps) {
  const { say, count } = useReader();
  const ended = isTerminal(request.status);
  const [chosen, setView] = useParameter("view");
  // What is asked first: while it runs how far each POP is, at the end where in the world something is missing.
  const view = VIEWS.find((it) => it === chosen) ?? (ended ? "map" : "matrix");
  const aside = useMemo(() => (ended ? failedEverywhere(request) : NOWHERE), [ended, request]);
  const groups = useMemo(() => {
    const all = groupPops(
      request.pops.map((row) => without(row, aside)),
      request,
    );
    return ended ? troubleFirst(all) : all;
  }, [request, aside, ended]);
  const many = request.pops.length > MAX_TILES;
  // Hundreds of cells have no room there, so that those of RECs without trouble are folded at first.
  const [only, setOnly] = useParameter("failed");
  const failedOnly = only === undefined ? many && ended && groups.some(({ bad }) => bad > 0) : only === "only";
  const flip = () => setOnly(failedOnly ? "all" : "only");
  const shown = useMemo(() => (failedOnly ? groups.filter(({ bad }) => bad > 0) : groups), [groups, failedOnly]);
  useKeys({
    v: () => setView(VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length]),
    f: flip,
  });
  if (request.pops.length === 0) return null;
  return (
    <section class="pops">
      <div class="section-head">
        <h2>
          {say("pops")}
          {aside.objects === 0 ? null : <span class="quiet"> {count("leavingAside", aside.objects)}</span>}
        </h2>
        <Choices
          label={say("pops")}
          options={VIEWS.map((value) => ({ value, text: say(value) }))}
          value={view}
          onChoose={setView}
        />
        {failedOnly || ((many || !ended) && groups.some(({ bad }) => bad > 0)) ? (
          <button type="button" class="button plain" aria-pressed={failedOnly} onClick={flip}>
            {say("failedOnly")}
          </button>
        ) : null}
        {ended ? null : <OutcomeCounts outcomes={taskStatesOf(request)} ended={false} />}
      </div>
      {view === "map" ? <RequestMapLater pops={shown.flatMap(({ pops }) => pops)} /> : null}
      {view === "matrix" || (ended && view === "map") ? (
        <PopMatrix groups={shown} small={many || (view === "map" && !isWide)} />
      ) : null}
      {view === "list" ? <PopList groups={shown} /> : null}
      {shown.length < groups.length ? <p class="quiet">{count("recFine", groups.length - shown.length)}</p> : null}
    </section>
  );
}
