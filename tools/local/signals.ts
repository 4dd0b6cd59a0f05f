import { UsageError } from "../command-line.ts";
import { closeRunFolder, removeEndpointFile } from "./paths.ts";
import { ending, killChildren } from "./processes.ts";

/** What ends a run: Ctrl-C, a supervisor, a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof SIGNALS)[number];

/** What shells expect of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * Signals within this time are one. A terminal sends Ctrl-C to npm and to this process; npm sends it to this process, too.
 */
export const ONE_PRESS_MS = 300;

interface SignalDeps {
  readonly source: { on(signal: Signal, listener: () => void): unknown };
  readonly print: (line: string) => void;
  /** Begins to end the run, in order. */
  readonly end: () => void;
  /** Ends the run at once: nothing that it has started is left. */
  readonly force: () => void;
  /** Milliseconds. @default the time since this process began */
  readonly now?: () => number;
}

/**
 * Handles signals until this process ends. The first one ends the run in order. The second says so again; the third forces it.
 * No signal has its default effect, which would leave the emulator and the agents behind.
 */
export function handleSignals({ source, print, end, force, now = () => performance.now() }: SignalDeps): void {
  let presses = 0;
  let last = Number.NEGATIVE_INFINITY;
  const listener = () => {
    const at = now();
    const isNew = at - last >= ONE_PRESS_MS;
    last = at;
    if (!isNew) return;
    presses++;
    if (presses === 1) {
      print("\nEnding …");
      end();
    } else if (presses === 2) print("Still ending. Ctrl-C once more kills everything.");
    else force();
  };
  for (const signal of SIGNALS) source.on(signal, listener);
}

/**
 * Handles the signals of a local run. Call it before anything is started. If it is forced, neither a process nor a file with the
 * API key is left.
 */
export function endOnSignals(print: (line: string) => void): void {
  const force = () => {
    killChildren();
    removeEndpointFile();
    closeRunFolder();
    process.exit(INTERRUPTED);
  };
  handleSignals({ source: process, print, end: () => ending.abort(), force });
}

/**
 * Runs a program until its end, or until signals end it, and sets its exit code: 0, 1 if it says that all is not well or throws, 2 if
 * its command line is wrong.
 */
export async function runProgram(main: (say: (line: string) => void) => Promise<boolean>): Promise<void> {
  const say = (line: string) => console.log(line);
  endOnSignals(say);
  try {
    process.exitCode = (await main(say)) ? 0 : 1;
  } catch (error) {
    // What goes wrong while it ends is no fault.
    if (!ending.signal.aborted) console.error(error instanceof Error ? error.message : error);
    process.exitCode = ending.signal.aborted ? INTERRUPTED : error instanceof UsageError ? 2 : 1;
  }
}
