import { type TaskMessage, taskMessageSchema } from "../../domain/plan/task-message.ts";

/** A message's tasks, or why it has none. The reason does not quote the body, whose headers may hold secrets. */
export function parseMessage(body: string): { readonly task: TaskMessage } | { readonly reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's own message would quote the body.
    return { reason: "not JSON" };
  }
  const parsed = taskMessageSchema.safeParse(json);
  if (parsed.success) return { task: parsed.data };
  return { reason: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ") };
}
