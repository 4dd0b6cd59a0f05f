const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** What shells expect of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** The process, as far as this has to do with it. */
export interface Interruptible {
  once(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  exit(code: number): unknown;
  readonly stderr: { write(text: string): unknown };
}

/**
 * Calls `stop` when the process is interrupted, and then ends it. A second Ctrl-C does not wait. @returns what ends this
 */
export function onInterrupt(stop: () => Promise<unknown>, host: Interruptible): () => void {
  const off = () => {
    for (const signal of SIGNALS) host.off(signal, interrupted);
  };
  const interrupted = async () => {
    off();
    host.stderr.write("Stopping the request …\n");
    const says = await stop().then(
      () => "It is stopped, and the group has what other requests need.",
      (error: unknown) =>
        `It could not be stopped, and ends by itself within a quarter of an hour: ${messageOf(error)}`,
    );
    host.stderr.write(`${says}\n`);
    host.exit(INTERRUPTED);
  };
  for (const signal of SIGNALS) host.once(signal, interrupted);
  return off;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
