import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { ENDPOINT_FILE, LOCAL, RUN } from "../../local/paths.ts";
import type { CheckRow } from "../engine/scenario.ts";

/** State of a socket that listens: https://docs.kernel.org/networking/proc_net_tcp.html */
const LISTEN = "0A";

/** A port of the emulator itself would be a way past the front. */
export function noEmulatorPorts(): CheckRow {
  const pids = readdirSync("/proc").filter((name) => {
    const command = /^\d+$/.test(name) ? (attempt(() => readFileSync(`/proc/${name}/cmdline`, "utf8")) ?? "") : "";
    return command.includes("ministack.app") && command.includes(RUN);
  });
  const ports = pids.map(listeningPorts);
  return {
    what: "the emulator listens on no TCP port",
    expected: "0 ports",
    observed: `${pids.length} processes with ${ports.join(", ")}`,
    passed: ports.map((count) => count === 0),
  };
}

/** How many TCP ports a process listens on. */
export function listeningPorts(pid: number | string): number {
  const folder = `/proc/${pid}`;
  const descriptors = attempt(() => readdirSync(`${folder}/fd`)) ?? [];
  const own = new Set(descriptors.map((fd) => attempt(() => readlinkSync(`${folder}/fd/${fd}`))));
  return ["tcp", "tcp6"]
    .flatMap((table) => (attempt(() => readFileSync(`${folder}/net/${table}`, "utf8")) ?? "").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === LISTEN && own.has(`socket:[${cells[9]}]`)).length;
}

/** Others on this machine may read nothing of the run. */
export function nothingReadable(): CheckRow {
  const modes = [LOCAL, ENDPOINT_FILE].map((path) => statSync(path).mode & 0o777);
  return {
    what: "others on this machine can read neither .local nor the endpoint file",
    expected: "no permissions but the owner's",
    observed: modes.map((mode) => mode.toString(8)).join(", "),
    passed: modes.map((mode) => (mode & 0o077) === 0),
  };
}

/** A process may end while it is looked at. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
