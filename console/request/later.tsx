import { Later } from "../parts/later.tsx";

export const loadRequest = () => import("./request-view.tsx");

/** One request: the list does not wait for it. */
export function RequestLater({ id }: { readonly id: string }) {
  return (
    <Later load={loadRequest} height={480}>
      {({ RequestView }) => <RequestView id={id} />}
    </Later>
  );
}
