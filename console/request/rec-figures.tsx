// biome-ignore-all lint/a11y/useSemanticElements: a grid whose rows wrap is no table
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid the cells take the focus, not the heads
import { useReader } from "../session/reader.ts";
import { RecTitle } from "../words/rec-title.tsx";
import { hasTasks, type RecGroup } from "./group-pops.ts";

interface RecHeadsProps {
  readonly groups: readonly RecGroup[];
  /** The cells are a grid, which has roles. */
  readonly inGrid: boolean;
}

/** What stands over the columns of small cells. */
export function RecHeads({ groups, inGrid }: RecHeadsProps) {
  const { say } = useReader();
  const isAllWarm = groups.every(({ outcomes }) => outcomes.hit + outcomes.regional + outcomes.done === 0);
  const heads = [say("recHead"), say("pops"), say("notWarm"), say(isAllWarm ? "warm" : "progress")];
  return (
    <div class="rec-heads quiet" {...(inGrid ? { role: "row" } : {})}>
      {heads.map((head) => (
        <span key={head} {...(inGrid ? { role: "columnheader" } : {})}>
          {head}
        </span>
      ))}
    </div>
  );
}

/** A REC's name and figures: beside tiles how many POPs it has and their share, beside small cells also what is not warm. */
export function RecFigures({ group, small }: { readonly group: RecGroup; readonly small: boolean }) {
  const { formats, count } = useReader();
  const { rec, pops, bad, notWarm, percent, share } = group;
  if (!small)
    return (
      <>
        <RecTitle rec={rec} />
        <span class="quiet">{count("popCount", pops.length)}</span>
        <strong class="number">{hasTasks(group) ? formats.percent(percent) : "–"}</strong>
      </>
    );
  return (
    <>
      <RecTitle rec={rec} />
      <span class={`number not-warm ${bad > 0 ? "failed strong" : notWarm > 0 ? "" : "quiet"}`}>
        {formats.count(notWarm)}
      </span>
      <span class="number share">{hasTasks(group) ? formats.finePercent(share) : "–"}</span>
    </>
  );
}
