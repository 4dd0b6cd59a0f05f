import { type ChildProcess, type ForkOptions, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A command failed. The message has the last lines that it printed. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(command: string, code: number | string | null, output: string) {
    super(`${command} ended with ${code}:\n${output.trim().split("\n").slice(-25).join("\n")}`);
  }
}

/** The run was ended while a command ran, or before it began. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  constructor() {
    super("Interrupted.");
  }
}

/**
 * Aborted once this process is to end: commands that run are ended, and nothing is started any more. There is one for the process, as
 * signals are sent to a process.
 */
export const ending = new AbortController();

/** @throws InterruptedError if this process is to end */
export function refuseIfEnding(): void {
  if (ending.signal.aborted) throw new InterruptedError();
}

/** Processes that this one has started and that have not ended. */
const children = new Set<ChildProcess>();
process.once("exit", killChildren);

/** Kills all that this process has started, at once. */
export function killChildren(): void {
  for (const { pid } of children) if (pid !== undefined) signalGroup(pid, "SIGKILL");
}

/**
 * Runs a command to its end, and returns what it printed. It has a process group of its own, as below.
 * @throws CommandError if its exit code is not 0; InterruptedError if this process is to end
 */
export async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  cwd?: string,
): Promise<string> {
  refuseIfEnding();
  const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
  track(child);
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const interrupt = () => void stop(child);
  ending.signal.addEventListener("abort", interrupt);
  const [code] = await once(child, "close").finally(() => ending.signal.removeEventListener("abort", interrupt));
  if (code === 0) return output;
  refuseIfEnding();
  throw new CommandError([command, ...args].join(" "), code, output);
}

/**
 * Starts a process that stays, with its output in a file. It has a process group of its own: a Ctrl-C reaches only this
 * process, which then ends the other one in order. If this process is killed, the kernel ends the other one, where
 * util-linux (`setpriv`) is installed.
 * @throws InterruptedError if this process is to end
 */
export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv, logFile: string): ChildProcess {
  refuseIfEnding();
  const log = openSync(logFile, "a");
  const [program = "", ...all] = [...parentDeathSignalArgs(), command, ...args];
  return track(spawn(program, all, { env, stdio: ["ignore", log, log], detached: true }));
}

/**
 * Starts a program of `bundleWorker` that is talked to. It has a process group of its own, too, and ends when its channel is closed: so
 * also if this process is killed.
 * @throws InterruptedError if this process is to end
 */
export function startWorker(program: string, options: ForkOptions): ChildProcess {
  refuseIfEnding();
  return track(fork(program, { ...options, detached: true }));
}

function track<T extends ChildProcess>(child: T): T {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

let prefix: readonly string[] | undefined;

function parentDeathSignalArgs(): readonly string[] {
  prefix ??=
    spawnSync("setpriv", ["--pdeathsig", "TERM", "true"]).status === 0 ? ["setpriv", "--pdeathsig", "TERM"] : [];
  return prefix;
}

/** Ends a process and all that it started: SIGTERM first, SIGKILL after `graceMs`. */
export async function stop(child: ChildProcess, graceMs = 5_000): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  signalGroup(child.pid, "SIGTERM");
  const timer = setTimeout(() => child.pid !== undefined && signalGroup(child.pid, "SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
  // Processes that it had started may be left.
  signalGroup(child.pid, "SIGKILL");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

const READY_TIMEOUT_MS = 60_000;

/** Waits until a server that was just started answers with a 2xx. @throws Error that names its log when it ends, or takes a minute; InterruptedError */
export async function ready(
  url: string,
  server: ChildProcess,
  name: string,
  log: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    refuseIfEnding();
    if (server.exitCode !== null) throw new Error(`${name} ended with ${server.exitCode}; see ${log}`);
    const answer = await fetch(url, { headers }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`${name} is not ready after ${READY_TIMEOUT_MS / 1000} s; see ${log}`);
}

/** Cells of a line, and lines. */
export type TerminalSize = readonly [columns: number, rows: number];

/**
 * What is to be started so that a command runs on a terminal of its own, whose output comes through a pipe. `script` is part of
 * util-linux.
 * @param words the command and its arguments, none of which has a quote
 */
export function onTerminal([columns, rows]: TerminalSize, words: readonly string[]): readonly [string, string[]] {
  const line = words.map((word) => `'${word}'`).join(" ");
  return ["script", ["-qefc", `stty cols ${columns} rows ${rows}; exec ${line}`, "/dev/null"]];
}

/**
 * The most memory that a process has had, in MB. Unlike `maxRSS` of `process.resourceUsage()` it leaves out what the process had that
 * started it, as far as Linux counts that for both: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html (VmHWM)
 * @param pid @default this process
 */
export function peakMegabytes(pid: number | "self" = "self"): number {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(peak ?? Number.NaN) / 1_024;
}
