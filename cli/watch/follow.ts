import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../client/answers.ts";
import { mayPass } from "../../client/api-client.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { clientErrorOf } from "../api/refusal.ts";

export interface FollowDeps {
  readonly ask: () => Promise<Progress>;
  readonly onAnswer: (progress: Progress) => void;
  /** No answer came; what was known last stays. */
  readonly onSilence: () => void;
  /** Between two questions, in milliseconds. */
  readonly everyMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** @default waits so many milliseconds, or for the signal */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** After no answer it is asked again in 2, 4, … 30 seconds. */
const FIRST_WAIT_MS = 2_000;
const MAX_WAIT_MS = 30_000;

/** Asks until the request has ended. Undefined: the signal came first. @throws what will not pass by itself, such as a wrong key */
export async function follow(deps: FollowDeps): Promise<Progress | undefined> {
  const { signal, everyMs, pause = untilThen } = deps;
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    const progress = await answerOf(deps);
    if (progress !== undefined) {
      deps.onAnswer(progress);
      if (isTerminal(progress.status)) return progress;
    }
    await pause(progress === undefined ? wait : everyMs, signal);
    wait = progress === undefined ? Math.min(MAX_WAIT_MS, wait * 2) : FIRST_WAIT_MS;
  }
  return undefined;
}

async function answerOf({ ask, onSilence }: FollowDeps): Promise<Progress | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!mayPass(clientErrorOf(error))) throw error;
    onSilence();
    return undefined;
  }
}

async function untilThen(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
