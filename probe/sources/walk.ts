import * as z from "zod";
import type { LeftOutCounts } from "../../domain/sources/left-out.ts";
import { SOURCE_TYPES, type Source } from "../../domain/sources/source.ts";

/** A document that is still to be read, or the next page of a prefix. */
const pendingSchema = z.object({
  /** Which of the request's sources led to it, counted from 1. */
  source: z.number().int().positive(),
  type: z.enum(SOURCE_TYPES),
  /** `https://…` or `s3://…`. */
  location: z.string(),
  /** 0: the source itself. */
  depth: z.number().int().nonnegative(),
  /** Where a page of a prefix goes on. */
  token: z.string().optional(),
});

/** Where a walk stands, so that another run can go on. */
export const walkStateSchema = z.object({
  pending: z.array(pendingSchema),
  /** Documents that were read, or are pending. */
  visited: z.array(z.string()),
  documents: z.number().int().nonnegative(),
});
export type WalkState = z.infer<typeof walkStateSchema>;

/** What one document named. */
export interface Read {
  /** Counted from 1. */
  readonly source: number;
  /** Absolute, as the document has them: not normalised, and maybe twice. */
  readonly urls: readonly string[];
  readonly leftOut: LeftOutCounts;
}

/** A document that ends the request. The message names the document and the limit or the fault, and quotes nothing of it. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

// biome-ignore lint/suspicious/noEmptyInterface: its fields come with the readers of documents
export interface WalkDeps {}

/** Reads the documents of a request's sources, one a step, and those that they lead to. */
export class Walk {
  /** @param state of the run before. @default from the beginning */
  constructor(
    protected readonly deps: WalkDeps,
    protected readonly sources: readonly Source[],
    protected readonly before?: WalkState,
  ) {}

  /**
   * Reads the next document.
   * @param room how many more URLs the request may have
   * @returns undefined: all are read
   * @throws SourceError
   */
  next(_room: number): Promise<Read | undefined> {
    throw new Error("not built yet");
  }

  /** What {@link Walk} goes on from. */
  state(): WalkState {
    throw new Error("not built yet");
  }
}
