/** Stands where something will be, in its size. */
export function Skeleton({ width, height }: { readonly width: number | string; readonly height: number }) {
  return <svg class="skeleton" width={width} height={height} aria-hidden="true" />;
}
