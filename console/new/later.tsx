import { Skeleton } from "../parts/skeleton.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { useLoaded } from "../parts/use-loaded.ts";

const load = () => import("./new-request-view.tsx");

/** The form and its map are a third of the page's code: who only watches does not fetch them. */
export function NewRequestLater() {
  const { value, error, again } = useLoaded(load);
  if (value !== undefined) return <value.NewRequestView />;
  return error === undefined ? (
    <Skeleton width="100%" height={480} />
  ) : (
    <Trouble error={error} again={again} lostSince={undefined} />
  );
}
