import { Bar } from "../parts/bar.tsx";
import { Shape } from "../parts/shape.tsx";
import { useReader } from "../session/reader.ts";
import { type PopState, worstOf } from "./group-pops.ts";
import { usePopWords } from "./pop-words.ts";

/** The classes of a POP's cell. */
export function popClass(pop: PopState): string {
  return ["pop", worstOf(pop), ...(pop.bad > 0 ? ["bad"] : []), ...(pop.resolved ? [] : ["unresolved"])].join(" ");
}

/** What stands in a POP's cell: in a small one a shape, if it is not all warm; else its code, its share and a bar. */
export function PopFace({ pop, small }: { readonly pop: PopState; readonly small: boolean }) {
  const { formats } = useReader();
  const says = usePopWords(pop);
  const worst = worstOf(pop);
  if (small) return worst === "warm" ? null : <Shape form={worst} />;
  return (
    <>
      <code>{pop.pop}</code>
      <span class="pop-figure">
        {pop.bad > 0 || worst === "warm" ? (
          <span class={worst}>
            <Shape form={worst} />
          </span>
        ) : null}
        {pop.bad > 0 ? <span class={worst}>{formats.count(pop.bad)}</span> : null}
        {pop.resolved ? formats.percent(pop.percent) : "–"}
        <span class="spoken">{says}</span>
      </span>
      <Bar outcomes={pop.outcomes} height={4} silent />
    </>
  );
}
