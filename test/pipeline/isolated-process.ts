// Runs bundles as processes of their own within this one: each with its own environment, signals and exit.
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";

/** A bundle that runs, or that has been loaded. */
export interface IsolatedProcess {
  readonly exports: Record<string, unknown>;
  /** Calls the listeners of a signal, as the operating system would. */
  signal(name: "SIGTERM" | "SIGINT"): void;
  readonly exited: Promise<number>;
}

declare global {
  /** By name: what a bundle sees as `process`. */
  var isolatedProcesses: Map<string, NodeJS.Process> | undefined;
}

const LISTENED = new Set(["on", "once", "addListener"]);

export class IsolatedProcesses {
  private readonly folder = mkdtempSync(`${tmpdir()}/pipeline-`);
  /** By the text of a bundle. */
  private readonly files = new Map<string, string>();
  /**
   * What all of them print: Lambdas write to the stream, agents to its descriptor. It is never closed: what a process that is as good as
   * dead still writes would go to the next socket that has its number.
   */
  private readonly logFile = openSync(`${this.folder}/log`, "a+");
  private readonly logs = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        writeSync(this.logFile, chunk);
        done();
      },
    }),
    { fd: this.logFile },
  );
  /** Node's own `import()`: the test runner would transform the bundle. */
  private readonly nativeImport: (url: string) => Promise<Record<string, unknown>>;
  private count = 0;

  constructor() {
    globalThis.isolatedProcesses ??= new Map();
    writeFileSync(`${this.folder}/import.cjs`, "module.exports = (url) => import(url);");
    this.nativeImport = createRequire(import.meta.url)(`${this.folder}/import.cjs`);
  }

  /**
   * Loads a bundle under a name. A bundle that never returns, as the agent, is awaited by `exited`.
   * @param code text of the bundle
   */
  start(
    code: string,
    env: Readonly<Record<string, string>>,
  ): { readonly loaded: Promise<Record<string, unknown>> } & Omit<IsolatedProcess, "exports"> {
    const name = `${++this.count}`;
    const listeners = new Map<string, (() => void)[]>();
    let exit: (code: number) => void = () => undefined;
    const exited = new Promise<number>((resolve) => {
      exit = resolve;
    });
    const known: Record<string, unknown> = {
      env: { ...env },
      argv: [process.execPath, "bundle.mjs"],
      stdout: this.logs,
      stderr: this.logs,
      // The code behind it must not run: as if the process were gone.
      exit: (code = 0) => {
        exit(code);
        return new Promise(() => undefined);
      },
    };
    const shadow = new Proxy(process, {
      get: (target, key) => {
        if (typeof key === "string" && key in known) return known[key];
        if (typeof key === "string" && LISTENED.has(key)) {
          return (event: string, listener: () => void) => {
            listeners.set(event, [...(listeners.get(event) ?? []), listener]);
            return shadow;
          };
        }
        return Reflect.get(target, key, target);
      },
    });
    globalThis.isolatedProcesses?.set(name, shadow);
    const loaded = this.nativeImport(this.prepare(code, name));
    return {
      loaded,
      exited,
      signal: (event) => {
        for (const listener of listeners.get(event) ?? []) listener();
      },
    };
  }

  /** All lines that were printed so far. */
  log(): string {
    return readFileSync(`${this.folder}/log`, "utf8");
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes the bundle with a first line that shadows `process`. @returns its URL, another one each time */
  private prepare(code: string, name: string): string {
    let file = this.files.get(code);
    if (file === undefined) {
      file = `${this.folder}/${this.files.size}.mjs`;
      const first =
        "const process=globalThis.isolatedProcesses.get(new URL(import.meta.url).searchParams.get('process'));";
      writeFileSync(file, first + code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
      this.files.set(code, file);
    }
    return `${pathToFileURL(file)}?process=${name}`;
  }
}
