import { Later } from "../parts/later.tsx";

export const loadNewRequest = () => import("./new-request-view.tsx");

/** The form and its map are a third of the page's code: they do not keep the first view waiting. */
export function NewRequestLater() {
  return (
    <Later load={loadNewRequest} height={480} title="newRequest">
      {({ NewRequestView }) => <NewRequestView />}
    </Later>
  );
}
