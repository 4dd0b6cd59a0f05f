import { spawnSync } from "node:child_process";
import type { Server } from "./nginx.ts";

/** What every part of the benchmark gets. */
export interface Bench {
  readonly rounds: number;
  /** Starts it once. @throws MissingToolsError */
  readonly server: () => Promise<Server>;
  readonly tools: Tools;
  readonly say: (line: string) => void;
}

/** Programs that are compared with, or needed to measure. The benchmark installs none of them. */
const TOOLS: Readonly<Record<string, { readonly version: readonly string[]; readonly needed: boolean }>> = {
  nginx: { version: ["-v"], needed: true },
  taskset: { version: ["--version"], needed: true },
  curl: { version: ["--version"], needed: true },
  wrk: { version: ["-v"], needed: false },
};

/** Tools that are there, by name, with their versions. */
export type Tools = ReadonlyMap<string, string>;

/** A program that the benchmark cannot do without is not installed. */
export class MissingToolsError extends Error {
  override readonly name = "MissingToolsError";

  constructor(missing: readonly string[]) {
    super(`To measure, install ${missing.join(", ")} first: each is a package of that name, taskset of util-linux`);
  }
}

/** @returns what is there, and what is needed and is not */
export function findTools(say: (line: string) => void): { readonly tools: Tools; readonly missing: readonly string[] } {
  const tools = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, { version, needed }] of Object.entries(TOOLS)) {
    const { error, stdout, stderr } = spawnSync(name, version, { encoding: "utf8" });
    if (error === undefined) tools.set(name, /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? "installed");
    else if (needed) missing.push(name);
    else say(`${name} is not installed: its rows are left out`);
  }
  return { tools, missing };
}

/** A Node.js to measure with. */
export interface NodeProgram {
  readonly program: string;
  readonly version: string;
}

export const THIS_NODE: NodeProgram = { program: process.execPath, version: process.version };

/**
 * A second Node to measure with, which `BENCH_OTHER_NODE` names: AWS runs a newer one than development needs. None where it is of
 * the version that runs here.
 * @throws Error if it does not run
 */
export function otherNode(): NodeProgram | undefined {
  const program = process.env["BENCH_OTHER_NODE"];
  if (program === undefined || program === "") return undefined;
  const { error, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (error !== undefined) throw new Error(`BENCH_OTHER_NODE: ${error.message}`);
  const version = stdout.trim();
  return version === process.version ? undefined : { program, version };
}
