import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./bug.ts";

/** A copy of the repository's files in a temporary folder. The repository itself is never altered. */
export class TreeCopy {
  readonly path = mkdtempSync(join(tmpdir(), "prewarm-planted-"));

  constructor(private readonly root = ROOT) {
    try {
      this.fill();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Runs something while files have another text. */
  async withFiles<T>(files: ReadonlyMap<string, string>, run: () => Promise<T>): Promise<T> {
    try {
      for (const [file, text] of files) writeFileSync(join(this.path, file), text);
      return await run();
    } finally {
      for (const file of files.keys()) copyFileSync(join(this.root, file), join(this.path, file));
    }
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true });
  }

  private fill() {
    for (const file of filesOf(this.root)) {
      mkdirSync(dirname(join(this.path, file)), { recursive: true });
      copyFileSync(join(this.root, file), join(this.path, file));
    }
    // Linked one by one: vitest keeps a cache in `node_modules`, and each copy needs its own.
    const modules = join(this.path, "node_modules");
    mkdirSync(modules);
    for (const name of readdirSync(join(this.root, "node_modules")))
      if (!name.startsWith(".vite")) symlinkSync(join(this.root, "node_modules", name), join(modules, name));
  }
}

/** Tracked files, and new ones that are not ignored: a new test need not be committed first. */
function filesOf(root: string) {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  return [...new Set(listed.split("\0"))].filter((file) => file !== "" && existsSync(join(root, file)));
}
