/** Documents of one request in all; a page of a prefix is one. */
export const MAX_DOCUMENTS = 500;
/** Steps from a source to a document that it leads to: an index, its sitemaps, … The source itself is at 0. */
export const MAX_DEPTH = 3;
export const MAX_REDIRECTS = 3;

/** What one document may cost. */
export interface DocumentLimits {
  /** Bytes as they travel. */
  readonly packedBytes: number;
  /** Bytes after gunzip, counted while they come. */
  readonly unpackedBytes: number;
  /** Unpacked bytes a packed one. What is smaller than {@link RATIO_FREE_BYTES} may be packed as well as it likes. */
  readonly ratio: number;
  /** Packed bytes a second, on average since the first. */
  readonly bytesPerSecond: number;
  /** After how long the average counts, in milliseconds. */
  readonly paceAfterMs: number;
  /** From the first look-up to the last byte, with all attempts and redirects. */
  readonly milliseconds: number;
}

export const DOCUMENT_LIMITS: DocumentLimits = {
  packedBytes: 10_000_000,
  unpackedBytes: 50_000_000,
  ratio: 100,
  bytesPerSecond: 1_024,
  paceAfterMs: 5_000,
  milliseconds: 30_000,
};

/** So much does no harm, and a small list of like URLs is packed well. */
export const RATIO_FREE_BYTES = 1_000_000;

/** Characters of a line or of a text, and of the URLs of one document in all: a short manifest may stand for long ones. */
export const MAX_LINE_LENGTH = 1_000_000;
export const MAX_URL_CHARACTERS = 50_000_000;
/** Elements of an XML document that are kept until its end. */
export const MAX_ELEMENTS = 300_000;
export const MAX_ATTRIBUTES = 1_000;
/** How deep elements may stand in each other. */
export const MAX_NESTING = 50;
