/** Items by what they have in common, in the order in which each group first comes. */
export function grouped<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Most names, or wrong entries of one list, that a message has, so that there is room for others. */
export const MAX_NAMED = 20;

/** The first names of a list, and how many more there are. @param format makes the text of a name */
export function firstOf(names: readonly string[], most = MAX_NAMED, format = (name: string) => name): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).map(format).join(", ") + more;
}

/** All items of an asynchronous sequence, in order. */
export async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The names of a table's own entries, with their type. */
export function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table).filter((name): name is K => Object.hasOwn(table, name));
}

/** A function that computes a value once for each key, also for those who ask while it is being computed. */
export function memoizeByKey<T>(compute: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

/** For how long values are kept. */
interface KeepOptions<T> {
  /** From the beginning of their computation. */
  readonly ms: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** @default all are, but for those that fail */
  readonly isCacheable?: (value: T) => boolean;
}

/** The same, for a time. */
export function memoizeFor<T>(
  { ms, now, isCacheable = () => true }: KeepOptions<T>,
  compute: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  const known = new Map<string, { readonly at: number; readonly value: Promise<T> }>();
  return (key) => {
    const kept = known.get(key);
    if (kept !== undefined && now() - kept.at < ms) return kept.value;
    const entry = { at: now(), value: compute(key) };
    const forget = () => {
      if (known.get(key) === entry) known.delete(key);
    };
    known.set(key, entry);
    entry.value.then((value) => {
      if (!isCacheable(value)) forget();
    }, forget);
    return entry.value;
  };
}
