import * as z from "zod";
import { isTerminal, type Status } from "../request/status.ts";
import { leftOutSchema } from "./left-out.ts";
import { shownLocation } from "./shown-location.ts";
import { SOURCE_TYPES, type Source } from "./source.ts";

const count = z.number().int().nonnegative();

/** One of a request's sources, as the request's item keeps it: what it has given by now. */
export const sourceReadSchema = z.object({
  type: z.enum(SOURCE_TYPES),
  /** Its address, or its place in a bucket; never with a query. */
  from: z.string(),
  /** Documents that were read; of a prefix, the pages of its listing. */
  documents: count,
  /** URLs that are to be warmed because of it. */
  urls: count,
  left_out: leftOutSchema,
  /** Whether all of it was read. */
  done: z.boolean(),
});
export type SourceRead = z.infer<typeof sourceReadSchema>;

/** A source of which nothing was read yet. */
export function notYetRead(source: Source): SourceRead {
  return { type: source.type, from: shownLocation(source), documents: 0, urls: 0, left_out: {}, done: false };
}

/** How GET /prewarm says where a source stands. */
export type SourceState = "WAITING" | "READING" | "READ" | "NOT_READ";

/** @param status of the request: what was not read when it ended stays so */
export function sourceState({ documents, done }: Pick<SourceRead, "documents" | "done">, status: Status): SourceState {
  if (done) return "READ";
  if (isTerminal(status)) return "NOT_READ";
  return documents > 0 ? "READING" : "WAITING";
}
