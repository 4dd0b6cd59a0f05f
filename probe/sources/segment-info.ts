import { childrenOf, type Element } from "./mpd.ts";

const KINDS = ["SegmentTemplate", "SegmentList", "SegmentBase"] as const;

/**
 * How the segments of a representation are named. The innermost of the three elements says which way; what it does not
 * say is taken from those of the same name around it (ISO/IEC 23009-1, 5.3.9.1).
 */
export class SegmentInfo {
  /** undefined: the representation is one file. */
  readonly kind: (typeof KINDS)[number] | undefined;
  /** The innermost first. */
  private readonly elements: readonly Element[];

  /** @param levels period, adaptation set, representation */
  constructor(levels: readonly Element[]) {
    const inward = levels.toReversed();
    const kindAt = (level: Element) => KINDS.find((kind) => childrenOf(level, kind).length > 0);
    this.kind = inward.map(kindAt).find((it) => it !== undefined);
    const { kind } = this;
    this.elements = kind === undefined ? [] : inward.flatMap((level) => childrenOf(level, kind).slice(0, 1));
  }

  attribute(name: string): string | undefined {
    return this.elements.map(({ attributes }) => attributes[name]).find((it) => it !== undefined);
  }

  /** A whole number that is not negative; undefined: there is none. */
  whole(name: string): bigint | undefined {
    return wholeOf(this.attribute(name));
  }

  /** Those of the innermost element that has any. */
  children(name: string): readonly Element[] {
    return this.elements.map((it) => childrenOf(it, name)).find((it) => it.length > 0) ?? [];
  }
}

/** @returns undefined: it is none, or there is none */
export function wholeOf(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\s*\d{1,20}\s*$/.test(text) ? BigInt(text) : undefined;
}
