import { type ClientError, NoAnswerError, RefusedError } from "../../client/api-client.ts";

/** How the calls of this page go. */
export interface Connection {
  /** When the last answer came, in milliseconds since the epoch. */
  readonly answeredAt: number | undefined;
  /** How the last call failed. Undefined: it was answered. */
  readonly failure: "noAnswer" | "failed" | undefined;
}

export const NO_CONNECTION: Connection = { answeredAt: undefined, failure: undefined };

/** What a call shows of the connection. A refusal is an answer, unless the API could not do what it was asked. @param error undefined: it had none */
export function connectionAfter(before: Connection, error: ClientError | undefined, now: number): Connection {
  if (error instanceof NoAnswerError) return { ...before, failure: "noAnswer" };
  const isAnswered = error === undefined || (error instanceof RefusedError && !error.isTemporary);
  return isAnswered ? { answeredAt: now, failure: undefined } : { ...before, failure: "failed" };
}
