import { unanswered } from "./aws-errors.ts";

export const PHASES = ["before", "deployed", "edge"] as const;
export type Phase = (typeof PHASES)[number];

/** What a check has come to. `cannot-tell` is no good news: nobody knows. */
export type Status = "ok" | "warn" | "fail" | "cannot-tell";

export interface Judgement {
  readonly status: Status;
  /** What was observed, in one sentence. */
  readonly says: string;
  /** What to do about it. A judgement that is not ok has one. */
  readonly next?: string;
}

export const ok = (says: string): Judgement => ({ status: "ok", says });
export const warn = (says: string, next: string): Judgement => ({ status: "warn", says, next });
export const fail = (says: string, next: string): Judgement => ({ status: "fail", says, next });
export const cannotTell = (says: string, next: string): Judgement => ({ status: "cannot-tell", says, next });

/** One question, and where the documents say what to do about a bad answer. */
export interface Check {
  readonly phase: Phase;
  readonly name: string;
  /** `docs/<page>.md#<heading>` */
  readonly docs: string;
  /**
   * Whether AWS alone has what is asked for (quotas, offerings, roles, CloudFront). What an emulator says of these is made up,
   * so it is never believed. @default false
   */
  readonly awsOnly?: boolean;
  run(): Promise<Judgement>;
}

/** Makes the checks of a phase, of which all are for AWS alone or none. */
export function checker({ phase, awsOnly = false }: Pick<Check, "phase" | "awsOnly">) {
  return (name: string, docs: string, run: Check["run"]): Check => ({ phase, name, docs, awsOnly, run });
}

/** A check with its result. */
export interface Finding extends Judgement, Pick<Check, "phase" | "name" | "docs"> {}

export interface RunOptions {
  /** Whether AWS itself is asked. */
  readonly isAws: boolean;
  readonly onFinding: (finding: Finding) => void;
}

/** Runs the checks one after the other, so that their lines come in order. A check that throws is one that cannot tell. */
export async function runChecks(checks: readonly Check[], { isAws, onFinding }: RunOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    const { phase, name, docs } = check;
    const { status, says, next } = await judgementOf(check, isAws);
    const finding = { phase, name, docs, status, says, ...(next === undefined ? {} : { next }) };
    findings.push(finding);
    onFinding(finding);
  }
  return findings;
}

async function judgementOf(check: Check, isAws: boolean): Promise<Judgement> {
  try {
    const judgement = await check.run();
    if (isAws || check.awsOnly !== true) return judgement;
    return cannotTell(`the endpoint is an emulator, not AWS (its result: ${judgement.says})`, "run this against AWS");
  } catch (error) {
    return unanswered(error);
  }
}

/** Whether anything failed. What could not be told does not count: the last line says how much that is. */
export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === "fail");
}

/** What several checks ask, asked once. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
