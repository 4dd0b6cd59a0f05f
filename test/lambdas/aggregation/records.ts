import { toAttributes } from "../../../aws/dynamodb.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";

/** A result of the Request-Task stream, as far as Aggregation reads it. What an agent may write is any text. */
export type Image = Partial<Omit<TaskResult, "reason" | "outcome" | "warning">> & {
  readonly reason?: string;
  readonly outcome?: string;
  readonly warning?: string;
};

let id = 0;

/**
 * An INSERT, or a MODIFY where there is an old image.
 * @param at when it was written, in seconds since the epoch
 */
export function record(image: Image, old?: Image, { eventID = String(++id), at = 1_713_237_141 } = {}) {
  return {
    eventID,
    eventName: old === undefined ? "INSERT" : "MODIFY",
    dynamodb: {
      ApproximateCreationDateTime: at,
      NewImage: attributesOf(image),
      ...(old === undefined ? {} : { OldImage: attributesOf(old) }),
    },
  };
}

function attributesOf(image: Image) {
  return toAttributes({ req_id: "r1", ok: true, bytes: 10, ms: 5, ...image });
}
