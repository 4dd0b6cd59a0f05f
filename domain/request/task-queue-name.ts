import * as z from "zod";

/** The two queues of tasks: `express` for small requests, and `main`, the bulk queue, for all others. Items store these names. */
export const TASK_QUEUES = ["main", "express"] as const;

export const taskQueueNameSchema = z.enum(TASK_QUEUES);
export type TaskQueueName = z.infer<typeof taskQueueNameSchema>;

/** What an agent does beside its other work, in a minute or two. */
const MAX_EXPRESS_TASKS = 500;
/** As soon as one of the files is large. Large files run a few at a time, and what comes behind them waits. */
const MAX_EXPRESS_BYTES_WITH_LARGE = 256 * 2 ** 20;

/** What decides a request's queue. */
export interface QueueFacts {
  readonly tasks: number;
  /** Of all tasks. */
  readonly bytes: number;
  readonly sizesKnown: boolean;
  /** Whether any file travels alone. */
  readonly hasLarge: boolean;
}

/** The queue of a request's tasks. A request with an unknown size goes to the bulk queue. */
export function taskQueueFor({ tasks, bytes, sizesKnown, hasLarge }: QueueFacts): TaskQueueName {
  const isSmall = sizesKnown && tasks <= MAX_EXPRESS_TASKS && (!hasLarge || bytes <= MAX_EXPRESS_BYTES_WITH_LARGE);
  return isSmall ? "express" : "main";
}
