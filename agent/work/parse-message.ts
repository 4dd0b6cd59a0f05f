import { type TaskMessage, taskMessageSchema } from "../../domain/plan/task-message.ts";

/** What a message says, or why it says nothing that an agent can do. The reason quotes nothing of the body: there are headers in it. */
export function parseMessage(body: string): { readonly content: TaskMessage } | { readonly reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's own message would quote the body.
    return { reason: "not JSON" };
  }
  const parsed = taskMessageSchema.safeParse(json);
  if (parsed.success) return { content: parsed.data };
  return { reason: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ") };
}
