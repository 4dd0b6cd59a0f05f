import { UnreadableRowError } from "../domain/plan/task-url.ts";

/** Whether an object of the bucket is not there, as S3 says it. */
export function isMissing(error: unknown): error is Error {
  return error instanceof Error && error.name === "NoSuchKey";
}

/** Whether a list of a request is gone or damaged: no later try reads it. Any other error may pass. */
export function isLostList(error: unknown): error is Error {
  return error instanceof UnreadableRowError || isMissing(error);
}
