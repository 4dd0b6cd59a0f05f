import { useMemo, useRef, useState } from "preact/hooks";
import type { Progress } from "../../client/answers.ts";
import { Bar } from "../parts/bar.tsx";
import { Icon } from "../parts/icon.tsx";
import { Shape } from "../parts/shape.tsx";
import { groupPops, type PopState, type RecGroup, worstOf } from "../request/group-pops.ts";
import { usePopWords } from "../request/pop-words.ts";
import { useReader } from "../session/reader.ts";
import { RecTitle } from "../words/rec-title.tsx";
import { failedFirst, inOrder } from "./failed-first.ts";

export interface RecListProps {
  readonly request: Progress;
}

/** A row a REC, those with failures first. While one is open no row moves. */
export function RecList({ request }: RecListProps) {
  const { say } = useReader();
  const groups = useMemo(() => groupPops(request.pops, request), [request]);
  const [open, setOpen] = useState<ReadonlySet<string | null>>(new Set());
  const before = useRef<readonly (string | null)[]>([]);
  const shown = open.size > 0 ? inOrder(groups, before.current) : failedFirst(groups);
  before.current = shown.map(({ rec }) => rec);
  if (groups.length === 0) return null;
  const flip = (rec: string | null, isOpen: boolean) =>
    setOpen((recs) => new Set(isOpen ? [...recs, rec] : [...recs].filter((it) => it !== rec)));
  return (
    <section class="rec-list">
      <h2>
        {say("recs")} <span class="quiet">{say("failedFirst")}</span>
      </h2>
      {shown.map((group) => (
        <RecRow key={group.rec} group={group} onOpen={(isOpen) => flip(group.rec, isOpen)} />
      ))}
    </section>
  );
}

interface RecRowProps {
  readonly group: RecGroup;
  readonly onOpen: (isOpen: boolean) => void;
}

function RecRow({ group, onOpen }: RecRowProps) {
  const { count } = useReader();
  const { rec, pops, outcomes } = group;
  return (
    <details onToggle={({ currentTarget }) => onOpen(currentTarget.open)}>
      <summary>
        <RecTitle rec={rec} />
        <span class="quiet">{count("popCount", pops.length)}</span>
        <Share bad={group.bad} percent={pops.some(({ total }) => total > 0) ? group.percent : undefined} />
        <Icon name="next" />
        <Bar outcomes={outcomes} height={6} silent />
      </summary>
      <ul>
        {pops.map((pop) => (
          <PopRow key={pop.pop} pop={pop} />
        ))}
      </ul>
    </details>
  );
}

function PopRow({ pop }: { readonly pop: PopState }) {
  const says = usePopWords(pop);
  const worst = worstOf(pop);
  return (
    <li>
      <div class="pop-row">
        <span class={worst}>
          <Shape form={worst} />
        </span>
        <code>{pop.pop}</code>
        <span class="spoken">{says}</span>
        <Share bad={pop.bad} percent={pop.resolved ? pop.percent : undefined} />
      </div>
      <Bar outcomes={pop.outcomes} height={4} silent />
    </li>
  );
}

/** @param percent undefined: it has no tasks */
function Share({ bad, percent }: { readonly bad: number; readonly percent: number | undefined }) {
  const { formats } = useReader();
  return (
    <span class="share">
      {bad === 0 ? null : (
        <span class="failed">
          <Shape form="failed" />
          {formats.count(bad)}
        </span>
      )}
      <strong>{percent === undefined ? "–" : formats.percent(percent)}</strong>
    </span>
  );
}
