import type { Listed, Progress } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";

/** Whether it waits until somebody sets its instances. */
export function isPaused({ status, instance_count }: Pick<Progress, "status" | "instance_count">): boolean {
  return instance_count === 0 && !isTerminal(status);
}

/** What a live view shows of a request. */
export interface View {
  readonly progress: Progress;
  /** What only the list says; undefined: the list does not say it. */
  readonly listed: Pick<Listed, "url_count" | "url_prefix"> | undefined;
  /** Whether it is a direct run, which has no instances. @default it is a stack's */
  readonly isDirect?: boolean;
  readonly sentence: string;
  /** Milliseconds without an answer, if the last question had none. */
  readonly silentMs?: number | undefined;
  /** Bytes a second of a row, by its name. Undefined: not known yet. */
  readonly rates?: ReadonlyMap<string, number> | undefined;
  /** What is said below all. */
  readonly hints: readonly string[];
}
