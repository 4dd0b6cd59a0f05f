import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { totalmem } from "node:os";

/** Command-line argument of all processes except the first one, which alone checks for Spot notices and leaves the group. */
const MARK = "sibling";
/** Pause before a crashed process is started again. Without it, one that always crashes would take all CPU. */
const RESTART_MS = 2_000;

export function isSibling(argv: readonly string[]): boolean {
  return argv.includes(MARK);
}

/** More processes of this program, for the other cores of an instance. One that crashes is started again. */
export class Siblings {
  private readonly running = new Set<ChildProcess>();
  private stopping = false;

  constructor(
    private readonly program: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly onCrash: (code: number | string | null) => void,
  ) {}

  start(count: number): void {
    for (let i = 0; i < count; i++) this.launch();
  }

  stop(): void {
    this.stopping = true;
    for (const child of this.running) child.kill("SIGTERM");
  }

  /** Returns when all of them have ended. */
  async ended(): Promise<void> {
    while (this.running.size > 0) await Promise.race([...this.running].map((child) => once(child, "exit")));
  }

  private launch(): void {
    if (this.stopping) return;
    const child = fork(this.program, [MARK], { env: this.env });
    this.running.add(child);
    child.once("exit", (code, signal) => {
      this.running.delete(child);
      if (this.stopping) return;
      this.onCrash(code ?? signal);
      setTimeout(() => this.launch(), RESTART_MS).unref();
    });
  }
}

/** Above this share, memory is tight. The rest is for garbage that is not collected yet. */
const TIGHT = 0.8;

/**
 * Bytes that each process of an instance may use: an equal part of the machine's memory, or of what systemd gives the
 * agent if that is less.
 */
export function memoryShare(processes: number): number {
  // Without a limit, it is 0 or more than the machine has.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.min(limit, totalmem()) / processes;
}

/** Whether this process uses so much of its share that it should download less at once. */
export function memoryIsTight(share: number, used = process.memoryUsage.rss()): boolean {
  return used > share * TIGHT;
}
