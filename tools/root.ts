import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Whether Node.js was started with this module, so that it is a program now. @param url the module's `import.meta.url` */
export function isMain(url: string): boolean {
  const { 1: program } = process.argv;
  return program !== undefined && realpathSync(program) === fileURLToPath(url);
}
