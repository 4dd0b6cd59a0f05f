// Runs bundles as processes of their own within this one: each with its own environment, signals and exit.
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { Writable } from "node:stream";
import { type Module, SourceTextModule, SyntheticModule } from "node:vm";

/** A bundle that runs. */
export interface IsolatedProcess {
  /** What it exports, once it has run to its end. */
  readonly loaded: Promise<Record<string, unknown>>;
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

const FIRST_LINE = "const {process,setTimeout,setInterval}=import.meta.globals;";

const LISTENED = new Set(["on", "once", "addListener"]);

export class IsolatedProcesses {
  private readonly folder = mkdtempSync(`${tmpdir()}/pipeline-`);
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
  private readonly killed = new Set<string>();
  /**
   * Modules of processes that were not killed, and Node's own. Node 20 crashes if one is collected that is still being linked, or
   * whose code calls `import()`: https://github.com/nodejs/node/issues/27492
   */
  private readonly bundles = new Map<string, Module>();
  private readonly builtins = new Map<string, Promise<Module>>();
  /** One bundle is linked after the other, for the same reason. */
  private linked: Promise<unknown> = Promise.resolve();

  /**
   * Loads a bundle. A bundle that never returns, as the agent, is awaited by `exited`.
   * @param name of the process, another one each time
   * @param code text of the bundle
   */
  start(name: string, code: string, env: Readonly<Record<string, string>>): IsolatedProcess {
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
    const loaded = this.load(name, code, { process: shadow, ...this.timersOf(name) });
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
    this.bundles.delete(name);
  }

  /**
   * Evaluates a bundle as a module of its own. Unlike `import()`, it runs the same text any number of times, and a module that nobody
   * uses any more is collected.
   */
  private async load(name: string, code: string, globals: Globals): Promise<Record<string, unknown>> {
    const linked = this.linked.then(async () => {
      const module = new SourceTextModule(FIRST_LINE + code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"), {
        identifier: "file:///bundle.mjs",
        importModuleDynamically: (specifier) => this.builtin(specifier),
        initializeImportMeta: (meta) => Object.assign(meta, { url: "file:///bundle.mjs", globals }),
      });
      this.bundles.set(name, module);
      await module.link((specifier) => this.builtin(specifier));
      return module;
    });
    this.linked = linked.catch(() => undefined);
    const module = await linked;
    await module.evaluate();
    return module.namespace as Record<string, unknown>;
  }

  /** A module of Node's own, as it was when it was first imported: with the virtual clock's timers, if that is installed. */
  private builtin(specifier: string): Promise<Module> {
    const known = this.builtins.get(specifier) ?? evaluatedBuiltin(specifier);
    this.builtins.set(specifier, known);
    return known;
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
}

async function evaluatedBuiltin(specifier: string): Promise<Module> {
  const required = createRequire(import.meta.url)(specifier) as Record<string, unknown>;
  const names = Object.keys(required);
  const module = new SyntheticModule(
    ["default", ...names.filter((name) => name !== "default")],
    function (this: SyntheticModule) {
      for (const name of names) this.setExport(name, required[name]);
      this.setExport("default", required);
    },
  );
  await module.link(() => Promise.reject(new Error("Node's own modules import nothing")));
  await module.evaluate();
  return module;
}
