import { alteredFiles, ChangeError, type NamedBug, vitestArgs } from "./bug.ts";
import type { CompileCheck } from "./compile-check.ts";
import type { Commands, TestRun } from "./test-run.ts";
import type { TreeCopy } from "./tree-copy.ts";

/** `BROKEN`: the bug must be repaired, it shows nothing. */
export type Verdict = "caught" | "NOT CAUGHT" | "BROKEN";

export interface Checked {
  readonly bug: NamedBug;
  readonly verdict: Verdict;
  /** Of the command with the bug in place. */
  readonly seconds: number;
  /** The test that detected it, or what is wrong. */
  readonly detail: string;
  /** Whether no test detected it the first time: one that depends on chance or time. */
  readonly isSecondTry: boolean;
}

/** @param unchanged the command without the bug. @param planted the same with it; undefined: it was not run */
export function verdictOn(unchanged: TestRun, planted: TestRun | undefined): Pick<Checked, "verdict" | "detail"> {
  if (unchanged.kind !== "passed") {
    const problem =
      unchanged.kind === "broken" ? unchanged.problem : `${unchanged.kind}: ${unchanged.tests.join("; ")}`;
    return { verdict: "BROKEN", detail: `the command fails without the bug: ${problem}` };
  }
  if (planted === undefined || planted.kind === "broken")
    return { verdict: "BROKEN", detail: `no test failed, the run did: ${planted?.problem ?? "not run"}` };
  if (planted.kind === "timed out")
    return { verdict: "BROKEN", detail: `a timeout detects nothing, a slow machine causes it, too: ${planted.tests}` };
  if (planted.kind === "failed") return { verdict: "caught", detail: planted.tests.join("; ") };
  return { verdict: "NOT CAUGHT", detail: `${planted.tests} tests passed` };
}

interface PlantedRunDeps {
  readonly copies: readonly Pick<TreeCopy, "path" | "withFiles">[];
  readonly commands: Pick<Commands, "run">;
  readonly compileCheck: Pick<CompileCheck, "problemWith">;
  readonly altered?: typeof alteredFiles;
  /** Called after each bug. */
  readonly onChecked: (checked: Checked) => void;
}

/** Plants each bug in turn, in as many copies of the tree at once as there are. */
export async function runPlanted(bugs: readonly NamedBug[], deps: PlantedRunDeps): Promise<Checked[]> {
  const { commands, compileCheck, altered = alteredFiles } = deps;
  const unchangedRuns = new Map<string, Promise<TestRun>>();
  const left = [...bugs];
  const all: Checked[] = [];

  const runOnce = (args: readonly string[], cwd: string) => {
    const key = args.join(" ");
    const run = unchangedRuns.get(key) ?? commands.run(args, cwd);
    unchangedRuns.set(key, run);
    return run;
  };
  /** A test that fails anyway shows nothing. All are tried in one command first; each alone if that does not pass. */
  const unchanged = async (bug: NamedBug, cwd: string) => {
    const together = await runOnce(vitestArgs(...bugs), cwd);
    const isShown = together.kind === "passed" && together.files.some((file) => file.endsWith(`/${bug.test}`));
    return isShown ? together : runOnce(vitestArgs(bug), cwd);
  };

  const check = async (bug: NamedBug, copy: PlantedRunDeps["copies"][number]): Promise<Checked> => {
    let since = performance.now();
    const args = vitestArgs(bug);
    const seconds = () => (performance.now() - since) / 1_000;
    const broken = (detail: string): Checked => {
      return { bug, verdict: "BROKEN", detail, seconds: seconds(), isSecondTry: false };
    };
    try {
      const files = await altered(bug);
      const problem = compileCheck.problemWith(files);
      if (problem !== undefined) return broken(`the change does not compile: ${problem}`);
      const before = await unchanged(bug, copy.path);
      since = performance.now();
      const plant = () => copy.withFiles(files, () => commands.run(args, copy.path));
      const first = before.kind === "passed" ? await plant() : undefined;
      const isSecondTry = first?.kind === "passed";
      const planted = isSecondTry ? await plant() : first;
      return { bug, ...verdictOn(before, planted), seconds: seconds(), isSecondTry };
    } catch (error) {
      if (!(error instanceof ChangeError)) throw error;
      return broken(error.message);
    }
  };

  const work = async (copy: PlantedRunDeps["copies"][number]) => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      const checked = await check(bug, copy);
      all.push(checked);
      deps.onChecked(checked);
    }
  };
  await Promise.all(deps.copies.map(work));
  return all;
}
