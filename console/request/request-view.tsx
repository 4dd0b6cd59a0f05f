export function RequestView({ id }: { readonly id: string }) {
  return <p>{id}</p>;
}
