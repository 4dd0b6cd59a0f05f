import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { LOCAL, ROOT } from "./paths.ts";
import { run } from "./processes.ts";

/**
 * The folder of a Python environment below `.local/`, with what the file of requirements pins, by hash. It is made, from PyPI, when
 * it is not there.
 * @param requirements path from the project's root
 * @param python the interpreter to make it with. Default: the one on the PATH
 * @throws CommandError when venv or pip fails
 */
export async function venv(
  name: string,
  requirements: string,
  say: (line: string) => void,
  python = "python3",
): Promise<string> {
  const folder = `${LOCAL}${name}`;
  const complete = `${folder}/.complete`;
  if (existsSync(complete)) return folder;
  say(`Installing ${name} (from PyPI) below .local/ …`);
  mkdirSync(LOCAL, { recursive: true });
  await run(python, ["-m", "venv", folder]);
  await run(`${folder}/bin/python`, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--require-hashes",
    "-r",
    `${ROOT}${requirements}`,
  ]);
  writeFileSync(complete, "");
  return folder;
}
