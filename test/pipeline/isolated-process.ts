// Runs bundles as processes of their own within this one: each with its own environment, signals and exit.
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { Writable } from "node:stream";
import { compileFunction } from "node:vm";
import { init, parse } from "es-module-lexer";

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

/** Evaluates a bundle. @returns what it exports, once it has run to its end */
type Bundle = (
  globals: Globals,
  importBuiltin: (specifier: string) => Promise<unknown>,
  meta: { readonly url: string },
) => Promise<Record<string, unknown>>;

const require = createRequire(import.meta.url);
/** By text. A bundle runs hundreds of times in a test file, and is compiled once. */
const bundles = new Map<string, Promise<Bundle>>();

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
    const loaded = evaluate(code, { process: shadow, ...this.timersOf(name) });
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

async function evaluate(code: string, globals: Globals): Promise<Record<string, unknown>> {
  const bundle = bundles.get(code) ?? compile(code);
  bundles.set(code, bundle);
  return (await bundle)(globals, async (specifier) => builtin(specifier), { url: "file:///bundle.mjs" });
}

/** A module of Node's own as it is now: with the virtual clock's timers, if that is installed. */
function builtin(specifier: string): Record<string, unknown> {
  const required = require(specifier) as Record<string, unknown>;
  return { ...required, default: required };
}

/**
 * Compiles a module as a function, which can be called any number of times, and whose variables are collected afterwards: Node keeps
 * every `vm.SourceTextModule` until the process ends (60 MB for each request of the pipeline, in Node 20).
 * @param code of a bundle as esbuild writes it: its imports are of Node's own modules, and one statement exports
 * @throws Error if it is something else
 */
async function compile(code: string): Promise<Bundle> {
  await init;
  const [imports, exports] = parse(code);
  const exportsAt = exports.length === 0 ? code.length : code.lastIndexOf("export{");
  const exportsEnd = exports.length === 0 ? code.length : code.indexOf("}", exportsAt) + 1;
  if (exports.some(({ s, e }) => s < exportsAt || e > exportsEnd))
    throw new Error("The bundle exports in a way of its own");
  const edits = imports.map(({ d, ss, se }) => {
    if (d === -2) return { from: ss, to: se, text: "meta" };
    if (d >= 0) return { from: ss, to: ss + "import".length, text: "importBuiltin" };
    return { from: ss, to: se, text: "" };
  });
  edits.push({ from: exportsAt, to: exportsEnd, text: "" });
  let body = "";
  let at = 0;
  for (const { from, to, text } of edits.toSorted((a, b) => a.from - b.from)) {
    body += code.slice(at, from) + text;
    at = to;
  }
  body += code.slice(at);
  const declared = imports.filter(({ d }) => d === -1).map(({ ss, se, n }) => declaration(code.slice(ss, se), n ?? ""));
  const exported = exports.map(({ n, ln }) => `${JSON.stringify(n)}:${ln}`);
  const text = `return(async()=>{"use strict";${declared.join("")}${body}\nreturn{${exported}}})()`;
  const run = compileFunction(text, ["process", "setTimeout", "setInterval", "importBuiltin", "meta", "builtin"], {
    filename: "bundle.mjs",
  });
  return ({ process, setTimeout, setInterval }, importBuiltin, meta) =>
    Reflect.apply(run, undefined, [process, setTimeout, setInterval, importBuiltin, meta, builtin]);
}

/** @param statement such as `import a,{b as c}from"node:d"` or `import*as e from"node:f"` */
function declaration(statement: string, specifier: string): string {
  const [, clause = ""] = /^import\s*(.*?)\s*(?:from\s*)?["'][^"']*["']$/s.exec(statement) ?? [];
  const from = `builtin(${JSON.stringify(specifier)})`;
  const [, names] = /\{(.*)\}/s.exec(clause) ?? [];
  const [, namespace] = /\*\s*as\s+([\w$]+)/.exec(clause) ?? [];
  const [, byDefault] = /^([\w$]+)/.exec(clause) ?? [];
  return [
    names === undefined ? "" : `const {${names.replaceAll(/\sas\s/g, ":")}}=${from};`,
    namespace === undefined ? "" : `const ${namespace}=${from};`,
    byDefault === undefined ? "" : `const ${byDefault}=${from}.default;`,
  ].join("");
}
