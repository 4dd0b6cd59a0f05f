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

/** What a bundle sees instead of the globals of these names. */
interface Globals {
  readonly process: NodeJS.Process;
  readonly setTimeout: (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => unknown;
  readonly setInterval: (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => unknown;
}

declare global {
  /** By the name of the process. */
  var isolatedProcesses: Map<string, Globals> | undefined;
}

const FIRST_LINE =
  "const {process,setTimeout,setInterval}=globalThis.isolatedProcesses.get(new URL(import.meta.url).searchParams.get('process'));";

const LISTENED = new Set(["on", "once", "addListener"]);

export class IsolatedProcesses {
  private readonly folder = mkdtempSync(`${tmpdir()}/pipeline-`);
  /** By the text of a bundle. */
  private readonly files = new Map<string, string>();
  /**
   * What all of them print: Lambdas write to the stream, agents to its descriptor. It is never closed: what a killed process still
   * writes would go to the next socket that has its number.
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
  private readonly killed = new Set<string>();

  constructor() {
    globalThis.isolatedProcesses ??= new Map();
    writeFileSync(`${this.folder}/import.cjs`, "module.exports = (url) => import(url);");
    this.nativeImport = createRequire(import.meta.url)(`${this.folder}/import.cjs`);
  }

  /**
   * Loads a bundle. A bundle that never returns, as the agent, is awaited by `exited`.
   * @param name of the process, another one each time
   * @param code text of the bundle
   */
  start(
    name: string,
    code: string,
    env: Readonly<Record<string, string>>,
  ): { readonly loaded: Promise<Record<string, unknown>> } & Omit<IsolatedProcess, "exports"> {
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
    globalThis.isolatedProcesses?.set(name, { process: shadow, ...this.timersOf(name) });
    const loaded = this.nativeImport(this.prepare(code, name));
    return {
      loaded,
      exited,
      signal: (event) => {
        for (const listener of listeners.get(event) ?? []) listener();
      },
    };
  }

  /** Ends a process: none of its timers fires any more. What it waits for never comes, so its code stands still. */
  kill(name: string): void {
    this.killed.add(name);
    globalThis.isolatedProcesses?.delete(name);
  }

  private timersOf(name: string): Pick<Globals, "setTimeout" | "setInterval"> {
    const guarded =
      (timer: "setTimeout" | "setInterval"): Globals["setTimeout"] =>
      (callback, ms, ...args) => {
        if (this.killed.has(name)) return undefined;
        return globalThis[timer](() => {
          if (!this.killed.has(name)) callback(...args);
        }, ms);
      };
    return { setTimeout: guarded("setTimeout"), setInterval: guarded("setInterval") };
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
      writeFileSync(file, FIRST_LINE + code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
      this.files.set(code, file);
    }
    return `${pathToFileURL(file)}?process=${name}`;
  }
}
