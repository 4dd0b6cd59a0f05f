/** Bytes of the largest input. Larger ones of every reader take proportionally longer, or are refused. */
export const MAX_INPUT_BYTES = 450_000;

/** Random numbers of a seed: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** An attribute, an element without content, or a line: what grows by repetition without becoming invalid. */
const UNIT = / [\w:]+="[^"]*"|<\w[^<>]*\/>|<(\w+)[^<>]*>[^<>]*<\/\1>|[^\n]+\n/g;

/**
 * Changes an input in one to four places: a byte, a word, a slice that is removed, moved from another input or repeated. A repetition of an
 * attribute numbers its name, because XML refuses a name that comes twice.
 */
export function mutate(
  input: string,
  { random, words, other }: { random: (below: number) => number; words: readonly string[]; other: string },
): string {
  let text = input;
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(text.length + 1);
    const length = random(Math.min(text.length - at, 2 ** random(12)) + 1);
    const [before, slice, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
    const kind = random(8);
    if (kind === 0) text = before + String.fromCharCode(random(256)) + after.slice(random(2));
    else if (kind === 1) text = before + (words[random(words.length)] ?? "") + slice + after;
    else if (kind === 2) text = before + after;
    else if (kind === 3) text = before + other.slice(random(other.length)).slice(0, 2 ** random(12)) + slice + after;
    else if (kind === 4) text = before + repeated(slice, random) + after;
    else if (kind === 5) text = before + String(random(2) === 0 ? 2 ** random(70) : -random(3)) + after;
    else {
      const units = text.length > 100_000 ? [] : [...text.matchAll(UNIT)];
      const unit = units[random(units.length)];
      if (unit !== undefined) {
        const end = unit.index + unit[0].length;
        text = text.slice(0, unit.index) + repeated(unit[0], random) + text.slice(end);
      }
    }
  }
  return text.slice(0, MAX_INPUT_BYTES);
}

function repeated(slice: string, random: (below: number) => number): string {
  const most = Math.floor(MAX_INPUT_BYTES / 2 / Math.max(1, slice.length));
  const times = Math.min(most, 2 ** random(random(18) + 1));
  if (!/^ [\w:]+=/.test(slice)) return slice.repeat(times);
  // An element has at most 1,000 attributes.
  return Array.from({ length: Math.min(times, 900) }, (_, i) => slice.replace("=", `${i}=`)).join("");
}
