import * as z from "zod";
import { sourceReadSchema } from "../../domain/sources/source-read.ts";
import { walkStateSchema } from "../../probe/sources/walk.ts";

const expandCheckpointSchema = z.object({
  walk: walkStateSchema,
  /** URLs that were found, each with the number of its source. */
  found: z.array(z.tuple([z.string(), z.number().int().positive()])),
  sources: z.array(sourceReadSchema),
});
export type ExpandCheckpoint = z.infer<typeof expandCheckpointSchema>;

/** Where the reading of a request's sources stopped when the time of a run was over. */
export const EXPAND_CHECKPOINT = {
  key: (reqId: string) => `${reqId}/expand/checkpoint.json.gz`,
  schema: expandCheckpointSchema,
};
