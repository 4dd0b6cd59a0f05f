import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTEN = "0A";

/** A process on Linux: its id and its command line, with a space between arguments. */
export interface RunningProcess {
  readonly pid: string;
  readonly command: string;
}

/** The processes with a text in their command line, without this one. Empty where there is no /proc. */
export function processesWith(text: string): RunningProcess[] {
  return attempt(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => ({
      pid,
      command: attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "").replaceAll("\0", " "),
    }))
    .filter(({ command }) => command.includes(text));
}

/** How many TCP ports a process listens on: https://docs.kernel.org/networking/proc_net_tcp.html */
export function listeningPorts(pid: string): number {
  const own = new Set(
    attempt(() => readdirSync(`/proc/${pid}/fd`), []).map((fd) =>
      attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ""),
    ),
  );
  return ["tcp", "tcp6"]
    .flatMap((table) =>
      attempt(() => readFileSync(`/proc/${pid}/net/${table}`, "utf8"), "")
        .split("\n")
        .slice(1),
    )
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === LISTEN && own.has(`socket:[${cells[9]}]`)).length;
}

/** A process may end while it is looked at. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
