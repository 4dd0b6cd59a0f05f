import { Later } from "../parts/later.tsx";
import type { PopOutcomes } from "./request-map.tsx";

export const loadRequestMap = () => import("./request-map.tsx");

/** The map of a request. */
export function RequestMapLater({ pops }: { readonly pops: readonly PopOutcomes[] }) {
  return (
    <Later load={loadRequestMap} height={320}>
      {({ RequestMap }) => <RequestMap pops={pops} />}
    </Later>
  );
}
