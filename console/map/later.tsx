import { Skeleton } from "../parts/skeleton.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import type { PopOutcomes } from "./state-of-metros.ts";

const load = () => import("./request-map.tsx");

/** The map of a request, fetched when it is looked at first. */
export function RequestMapLater({ pops }: { readonly pops: readonly PopOutcomes[] }) {
  const { value, error, again } = useLoaded(load);
  if (value !== undefined) return <value.RequestMap pops={pops} />;
  return error === undefined ? (
    <Skeleton width="100%" height={320} />
  ) : (
    <Trouble error={error} again={again} lostSince={undefined} />
  );
}
