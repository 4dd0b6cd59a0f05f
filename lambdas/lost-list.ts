import { UnreadableRowError } from "../domain/plan/task-url.ts";

/** Whether a list of a request is gone or damaged: no later try reads it. Any other error may pass. */
export function isLostList(error: unknown): error is Error {
  return error instanceof UnreadableRowError || (error instanceof Error && error.name === "NoSuchKey");
}
