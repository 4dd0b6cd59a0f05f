/** What a check has come to. `cannot-tell` is no good news: nobody knows. */
export type Status = "ok" | "warn" | "fail" | "cannot-tell";

export interface Judgement {
  readonly status: Status;
  /** What was seen, in one sentence. */
  readonly says: string;
  /** What to do about it. A judgement that is not ok has one. */
  readonly next?: string;
}

export const ok = (says: string): Judgement => ({ status: "ok", says });
export const warn = (says: string, next: string): Judgement => ({ status: "warn", says, next });
export const fail = (says: string, next: string): Judgement => ({ status: "fail", says, next });
export const cannotTell = (says: string, next: string): Judgement => ({ status: "cannot-tell", says, next });
