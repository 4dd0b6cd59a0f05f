import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { LOCAL, ROOT } from "./paths.ts";
import { CommandError, run } from "./processes.ts";
import { venv } from "./venv.ts";

const REQUIREMENTS = "tools/local/requirements.txt";
const PACKAGES = `${LOCAL}ministack-packages`;

/** How to start the emulator: the command, its arguments, and variables to add to its environment. */
interface EmulatorCommand {
  readonly command: string;
  /** @param socketPath Unix socket to listen on, and on nothing else: a web page can reach every port of this machine */
  readonly args: (socketPath: string) => readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** MiniStack's server, with a thread of its own for each reader of a stream. */
const SERVER = `${ROOT}tools/local/stream_lanes.py`;

/**
 * Arguments of Python. MiniStack's own command knows ports only, so its server is started by itself: in this one process
 * (no workers), with the idle time that MiniStack gives it. See
 * https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html
 */
const serveOn = (socketPath: string) => [
  ...[SERVER, "ministack.app:app", "--bind", `unix:${socketPath}`],
  ...["--workers", "0", "--keep-alive", "75"],
];

/** This machine has nothing that can run the emulator. */
export class NoEmulatorError extends Error {
  override readonly name = "NoEmulatorError";
}

/**
 * Finds MiniStack, which emulates the AWS APIs: the pinned version from PyPI, which it installs below `.local/`. One that only happens
 * to be on the PATH is not run: it may be any version, or anything at all.
 * @param install makes a folder of Python packages
 * @throws NoEmulatorError that says what to install
 */
export async function findEmulator(say: (line: string) => void, install = venv): Promise<EmulatorCommand> {
  const python = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "python3"))
    .find((file) => existsSync(file));
  const installed = python === undefined ? undefined : await installFromPyPI(python, say, install);
  if (installed !== undefined) return installed;
  throw new NoEmulatorError(
    "The AWS emulator cannot be installed: install Python 3.10 or newer with venv (Debian: apt-get install python3-venv; macOS: brew install python), so that python3 on the PATH is that one, and try again.",
  );
}

async function installFromPyPI(
  python: string,
  say: (line: string) => void,
  install: typeof venv,
): Promise<EmulatorCommand | undefined> {
  const fromPackages = { command: python, args: serveOn, env: { PYTHONPATH: PACKAGES } };
  if (existsSync(`${PACKAGES}/.complete`)) return fromPackages;
  try {
    const folder = await install("ministack", REQUIREMENTS, say, python);
    return { command: `${folder}/bin/python`, args: serveOn, env: {} };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(`A virtual environment cannot be made (${lastLine(error)}); trying pip alone …`);
  }
  try {
    await run(python, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--require-hashes",
      "--target",
      PACKAGES,
      "-r",
      `${ROOT}${REQUIREMENTS}`,
    ]);
    await run(python, ["-c", `open(${JSON.stringify(`${PACKAGES}/.complete`)}, "w")`]);
    return fromPackages;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(`pip cannot install it either (${lastLine(error)})`);
    return undefined;
  }
}

function lastLine(error: Error): string {
  return error.message.trim().split("\n").at(-1) ?? "";
}
