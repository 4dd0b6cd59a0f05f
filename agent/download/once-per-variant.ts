import type { TaskMessage } from "../../domain/plan/task-message.ts";

/** Found out of a message and one of its variants. */
type Find<T> = (message: TaskMessage, variant?: string) => T;

/** Finds it out once a message and variant, however many URLs it has. What throws is not kept. */
export function oncePerVariant<T>(find: Find<T>): Find<T> {
  const known = new WeakMap<TaskMessage, Map<string | undefined, T>>();
  return (message, variant) => {
    const found = known.get(message);
    const before = found?.get(variant);
    if (before !== undefined) return before;
    const now = find(message, variant);
    if (found === undefined) known.set(message, new Map([[variant, now]]));
    else found.set(variant, now);
    return now;
  };
}
