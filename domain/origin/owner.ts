/**
 * Whose a turn is: that of the name with the greatest number for it (rendezvous hashing). Who comes takes turns from each of the
 * others and moves none between them, and who goes leaves its own alone to them. So while some know of a change and others
 * do not, a turn is still one process's.
 * @param names of all who share the turns, in the same order for all
 */
export function ownerOf(turn: number, names: readonly Named[]): string | undefined {
  const salt = mixed(turn % 2 ** 32);
  let owner: string | undefined;
  let most = -1;
  for (const { name, hash } of names) {
    const number = mixed(hash ^ salt);
    if (number <= most) continue;
    most = number;
    owner = name;
  }
  return owner;
}

/** A name, and its number. */
export interface Named {
  readonly name: string;
  readonly hash: number;
}

/** FNV-1a. */
export function named(name: string): Named {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return { name, hash: mixed(hash) };
}

/** Each bit of what comes out hangs on each bit of what goes in: the last step of MurmurHash3. */
function mixed(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
