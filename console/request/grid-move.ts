export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

/**
 * Where a key leads in a grid whose rows have these lengths; undefined for a key that does not move. Left and right go on into the
 * neighbour row, so that one key reaches every cell.
 */
export function moved(key: string, { row, column }: GridPlace, lengths: readonly number[]): GridPlace | undefined {
  const last = (its: number) => Math.max(0, (lengths[its] ?? 1) - 1);
  const at = (its: number, wanted: number) => ({ row: its, column: Math.min(wanted, last(its)) });
  switch (key) {
    case "ArrowRight":
      if (column < last(row)) return at(row, column + 1);
      return row < lengths.length - 1 ? at(row + 1, 0) : at(row, column);
    case "ArrowLeft":
      if (column > 0) return at(row, column - 1);
      return row > 0 ? at(row - 1, last(row - 1)) : at(row, column);
    case "ArrowDown":
      return at(Math.min(row + 1, lengths.length - 1), column);
    case "ArrowUp":
      return at(Math.max(row - 1, 0), column);
    case "Home":
      return at(row, 0);
    case "End":
      return at(row, last(row));
    default:
      return undefined;
  }
}
