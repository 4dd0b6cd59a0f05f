import { ROOT } from "../../../tools/local/paths.ts";
import { ran } from "../../spawned.ts";

/** Runs a program in a process of its own. @param body TypeScript, with imports of files of the project by their whole paths */
export async function runProgram(body: string) {
  const args = ["--import", "tsx", "--input-type=module", "-e", body];
  const { code, stdout, stderr } = await ran(process.execPath, args, { cwd: ROOT });
  return { code, said: (stdout + stderr).trim() };
}
