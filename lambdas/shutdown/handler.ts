import { shutdownEventSchema } from "../../aws/timer.ts";
import { endUnreadable, type LookDeps, lookAt } from "./look.ts";

export type ShutdownDeps = LookDeps;

/** What Lambda tells of a run. */
export interface ShutdownContext {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/** Invoked asynchronously: by the timer of a request, and when a request has ended or is to be checked. */
export function createHandler(deps: ShutdownDeps) {
  return async (event: unknown, context: ShutdownContext): Promise<void> => {
    const { req_id: reqId, timer } = shutdownEventSchema.parse(event);
    const run = { left: () => context.getRemainingTimeInMillis(), functionArn: context.invokedFunctionArn };
    const isRead = await lookAt(deps, reqId, run);
    if (!isRead && timer) await endUnreadable(deps, reqId);
  };
}
