// The scripts for the Tab key: bash runs its own; of the others, which may not be here, the words are looked at.
import { spawnSync } from "node:child_process";
import { Readable } from "node:stream";
import {
  DOWNLOADS as COMMAND_DOWNLOADS,
  SCOPES as COMMAND_SCOPES,
  VERIFY as COMMAND_VERIFY,
} from "../../../cli/commands/options.ts";
import { SHELLS } from "../../../cli/completion/shells.ts";
import { wordsOf } from "../../../cli/completion/words.ts";
import { program } from "../../../cli/program.ts";
import { DOWNLOADS, SCOPES } from "../../../domain/result/downloads.ts";
import { VERIFY } from "../../../domain/result/outcome.ts";

const sink = { write: () => true };
const root = program({ env: {}, cwd: "/", stdin: Readable.from([]), stdout: sink, stderr: sink }, () => undefined);
const words = wordsOf(root);

/** What bash offers for the last of these words. */
function offered(...typed: string[]) {
  const script = `${SHELLS.bash(words)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _prewarm; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", ...typed], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

test("bash offers commands, their options, and the values of these", () => {
  expect(offered("prewarm", "st")).toEqual(["status", "stop"]);
  expect(offered("prewarm", "warm", "--origin-r")).toEqual(["--origin-rps"]);
  expect(offered("prewarm", "warm", "--verify", "")).toEqual(["edge", "off"]);
  expect(offered("prewarm", "warm", "--downloads", "")).toEqual(["auto", "1", "2"]);
  expect(offered("prewarm", "retry", "--scope", "")).toEqual(["pop", "regional"]);
  expect(offered("prewarm", "estimate", "--scope", "r")).toEqual(["regional"]);
  expect(offered("prewarm", "instances", "s")).toEqual(["show", "set"]);
  expect(offered("prewarm", "completion", "z")).toEqual(["zsh"]);
  expect(offered("prewarm", "warm", "--timeout", "")).toEqual([""]);
});

test("fish and zsh have the same words", () => {
  const fish = SHELLS.fish(words);
  expect(fish).toContain("-a warm -d 'warm URLs at POPs, and wait for the end'");
  expect(fish).toContain("-n '__fish_seen_subcommand_from warm' -l verify -x -a 'edge off'");
  expect(SHELLS.zsh(words)).toContain("bashcompinit");
});

test("the choices are those of the domain", () => {
  expect([COMMAND_VERIFY, COMMAND_SCOPES]).toEqual([VERIFY, SCOPES]);
  expect(COMMAND_DOWNLOADS).toEqual(DOWNLOADS.map(String));
});
