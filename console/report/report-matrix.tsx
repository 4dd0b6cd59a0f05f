import { Shape } from "../parts/shape.tsx";
import { groupPops, type PopState, type RecGroup, worstOf } from "../request/group-pops.ts";
import { PopFace, popClass } from "../request/pop-face.tsx";
import { MAX_TILES } from "../request/pop-matrix.tsx";
import { usePopWords } from "../request/pop-words.ts";
import { RecFigures, RecHeads } from "../request/rec-figures.tsx";
import { useReader } from "../session/reader.ts";
import type { Report } from "./report.ts";

/** So many POPs that are not all good are named below the small cells, the worst first. */
const MAX_NAMED = 60;

/** A row a REC, a cell a POP. Where the cells are too small for a name, those to look at are named below: nothing can be pressed. */
export function ReportMatrix({ request }: Pick<Report, "request">) {
  const { say } = useReader();
  if (request.pops.length === 0) return null;
  const groups = groupPops(request.pops, request);
  const small = request.pops.length > MAX_TILES;
  return (
    <section class="report-part">
      <h2>{say("pops")}</h2>
      <div class={small ? "matrix small-cells" : "matrix"}>
        {small ? <RecHeads groups={groups} inGrid={false} /> : null}
        {groups.map((group) => (
          <RecRow key={group.rec} group={group} small={small} />
        ))}
      </div>
      {small ? <TroubledPops pops={groups.flatMap(({ pops }) => pops)} /> : null}
    </section>
  );
}

function RecRow({ group, small }: { readonly group: RecGroup; readonly small: boolean }) {
  return (
    <div class="rec">
      <div class="rec-name">
        <RecFigures group={group} small={small} />
      </div>
      <div class="rec-pops">
        {group.pops.map((pop) => (
          <Cell key={pop.pop} pop={pop} small={small} />
        ))}
      </div>
    </div>
  );
}

/** Hundreds of small ones fit because each says its words once. */
function Cell({ pop, small }: { readonly pop: PopState; readonly small: boolean }) {
  const says = usePopWords(pop);
  return (
    <div class={popClass(pop)} {...(small ? { role: "img", title: says } : {})}>
      <PopFace pop={pop} small={small} />
    </div>
  );
}

function TroubledPops({ pops }: { readonly pops: readonly PopState[] }) {
  const { say, count } = useReader();
  const troubled = pops.filter(({ bad, resolved }) => bad > 0 || !resolved).sort((a, b) => b.bad - a.bad);
  if (troubled.length === 0) return null;
  return (
    <>
      <h3>{say("troubledPops")}</h3>
      <ul class="troubled">
        {troubled.slice(0, MAX_NAMED).map((pop) => (
          <TroubledPop key={pop.pop} pop={pop} />
        ))}
        {troubled.length > MAX_NAMED ? <li class="quiet">{count("andMore", troubled.length - MAX_NAMED)}</li> : null}
      </ul>
    </>
  );
}

function TroubledPop({ pop }: { readonly pop: PopState }) {
  const worst = worstOf(pop);
  return (
    <li>
      <span class={worst}>
        <Shape form={worst} />
      </span>
      {usePopWords(pop)}
    </li>
  );
}
