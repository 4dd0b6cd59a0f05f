import { parseTimestamp } from "../../domain/timestamps.ts";
import type { Progress } from "./api-client.ts";

const WIDTH = 30;

/** One line of progress: `IN_PROGRESS  [######……] 42%  51/120 tasks  145.0 of 344.2 MB  12.3 MB/s  16 s left`. */
export function progressLine(progress: Progress): string {
  const { status, percentage_complete: percent, download_count, total_count, download_size, total_size } = progress;
  const filled = Math.round((percent / 100) * WIDTH);
  const bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
  const bytes = `${megabytes(download_size + progress.in_progress_size)} of ${megabytes(total_size)} MB`;
  const parts = [`${download_count}/${total_count} tasks`, bytes, ...rateAndTimeLeft(progress)].join("  ");
  return `${status.padEnd(11)} [${bar}] ${String(percent).padStart(3)}%  ${parts}`;
}

/** Nothing while nobody is at work. */
function rateAndTimeLeft({ bytes_per_second, instances_at_work, estimated_finish_at, timestamp }: Progress): string[] {
  if (instances_at_work === 0) return [];
  const rate = `${megabytes(bytes_per_second)} MB/s`;
  if (estimated_finish_at === null) return [rate];
  const left = parseTimestamp(estimated_finish_at) - parseTimestamp(timestamp);
  return [rate, `${duration(Math.max(0, Math.round(left / 1_000)))} left`];
}

/** `16 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

/** Draws progress in place on a terminal; elsewhere prints a line whenever the status or the tens of per cent change. */
export class ProgressBar {
  private last = "";

  constructor(private readonly out: { readonly isTTY?: boolean; write(text: string): unknown }) {}

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
