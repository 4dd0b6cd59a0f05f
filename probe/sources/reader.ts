import type { Source } from "../../domain/sources/source.ts";
import type { Finds } from "./finds.ts";

/** What is known of a document before it is read. */
export interface Place {
  /** What its relative references go on from; undefined: it is in a bucket, and nobody has said. */
  readonly base: string | undefined;
  /** Variables of the playlist that named it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly source: Pick<Source, "since">;
}

/**
 * Reads a document of one type, and notes what it names.
 * @param text its pieces
 * @throws DocumentError
 */
export type Reader = (text: AsyncIterable<string>, place: Place, finds: Finds) => Promise<void>;
