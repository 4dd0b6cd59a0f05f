import { readFileSync } from "node:fs";

/**
 * The most memory that a process has had, in MB. Unlike `maxRSS` of `process.resourceUsage()` it leaves out what the process had that
 * started it, as far as Linux counts that for both: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html (VmHWM)
 * @param pid @default this process
 */
export function peakMegabytes(pid: number | "self" = "self"): number {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(peak ?? Number.NaN) / 1_024;
}
