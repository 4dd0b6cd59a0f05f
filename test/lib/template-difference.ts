/** What one template has otherwise than another one, by path. */
export type Difference = Record<string, unknown>;

/** What stands for a value that the second template does not have. */
const REMOVED = "(removed)";

/**
 * The structural difference of two JSON documents: the paths at which the second one has another value, and that value.
 * Lists of one length are compared item by item; of another length, the second one's list is the difference.
 * @returns paths in the order of their characters, so that it does not depend on the order of properties
 */
export function differenceOf(first: unknown, second: unknown): Difference {
  const paths = [...pathsOf(first, second, "")];
  return Object.fromEntries(paths.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function* pathsOf(first: unknown, second: unknown, path: string): Generator<[string, unknown]> {
  if (!isComparable(first, second)) {
    if (JSON.stringify(first) !== JSON.stringify(second)) yield [path, second === undefined ? REMOVED : second];
    return;
  }
  const [one, other] = [first as Parts, second as Parts];
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
    yield* pathsOf(one[key], other[key], path === "" ? key : `${path}/${key}`);
}

type Parts = Readonly<Record<string, unknown>>;

/** Both are objects, or both are lists of one length. */
function isComparable(first: unknown, second: unknown): boolean {
  const areObjects = [first, second].every((value) => typeof value === "object" && value !== null);
  if (!areObjects || Array.isArray(first) !== Array.isArray(second)) return false;
  return !Array.isArray(first) || first.length === (second as readonly unknown[]).length;
}
