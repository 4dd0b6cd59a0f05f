import { spawn } from "node:child_process";
import { once } from "node:events";
import { ROOT } from "../../../tools/local/paths.ts";

/** Runs a program in a process of its own. @param body TypeScript, with imports of files of the project by their whole paths */
export async function runProgram(body: string): Promise<{ readonly code: number; readonly said: string }> {
  const args = ["--import", "tsx", "--input-type=module", "-e", body];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
  const [code] = await once(child, "close");
  return { code, said: said.trim() };
}
