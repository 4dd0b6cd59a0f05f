import type { Check, Finding } from "./check.ts";
import { cannotTell, type Judgement } from "./judgement.ts";
import { whyNot } from "./why-not.ts";

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
    const finding = { phase, name, docs, ...(await judged(check, isAws)) };
    findings.push(finding);
    onFinding(finding);
  }
  return findings;
}

async function judged(check: Check, isAws: boolean): Promise<Judgement> {
  try {
    const judgement = await check.run();
    if (isAws || check.ofTheAccount !== true) return judgement;
    return cannotTell(`an emulator answers, not AWS (it says: ${judgement.says})`, "run this against the account");
  } catch (error) {
    return whyNot(error);
  }
}

/** 1 if anything failed, else 0. What could not be told does not count: the last line says how much that is. */
export function exitCode(findings: readonly Finding[]): 0 | 1 {
  return findings.some(({ status }) => status === "fail") ? 1 : 0;
}
