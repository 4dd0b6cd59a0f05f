import type { Progress } from "./api-client.ts";

const WIDTH = 30;

/** One line of progress: `IN_PROGRESS  [######……] 42 %  51/120 tasks  145 of 344 MB`. */
export function progressLine(progress: Progress): string {
  const { status, percentage_complete: percent, download_count, total_count, download_size, total_size } = progress;
  const filled = Math.round((percent / 100) * WIDTH);
  const bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
  const bytes = `${megabytes(download_size)} of ${megabytes(total_size)} MB`;
  return `${status.padEnd(11)} [${bar}] ${String(percent).padStart(3)} %  ${download_count}/${total_count} tasks  ${bytes}`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

/** Draws progress in place on a terminal; elsewhere prints a line whenever the status or the tens of per cent change. */
export class ProgressBar {
  private last = "";

  constructor(private readonly out: NodeJS.WriteStream) {}

  show(progress: Progress): void {
    const line = progressLine(progress);
    if (this.out.isTTY) {
      this.out.write(`\r${line}\u001b[K`);
      return;
    }
    const step = `${progress.status} ${Math.floor(progress.percentage_complete / 10)}`;
    if (step !== this.last) this.out.write(`${line}\n`);
    this.last = step;
  }

  end(): void {
    if (this.out.isTTY) this.out.write("\n");
  }
}
