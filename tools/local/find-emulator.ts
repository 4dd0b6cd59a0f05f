import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { LOCAL, ROOT } from "./paths.ts";
import { CommandError, run } from "./processes.ts";
import { venv } from "./venv.ts";

const REQUIREMENTS = "tools/local/requirements.txt";
const PACKAGES = `${LOCAL}ministack-packages`;
const IMAGE = "ministackorg/ministack:1.5.33";

/** How to start the emulator: the command, its arguments, and variables to add to its environment. */
interface EmulatorCommand {
  readonly command: string;
  /** @param socketPath Unix socket to listen on, and on nothing else: a web page can reach every port of this machine */
  readonly args: (environment: NodeJS.ProcessEnv, socketPath: string) => readonly string[];
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
 * Finds MiniStack, which emulates the AWS APIs: the program that PREWARM_MINISTACK names, if it is set; else the pinned version
 * from PyPI, which it installs below `.local/`; else, on Linux, the Docker image: elsewhere Docker runs in a virtual machine, whose
 * network and Unix sockets are not this machine's. One that only happens to be on the PATH is not run: it
 * may be any version, or anything at all.
 * @throws NoEmulatorError that says what to install
 */
export async function findEmulator(
  say: (line: string) => void,
  platform: NodeJS.Platform = process.platform,
): Promise<EmulatorCommand> {
  const wanted = process.env["PREWARM_MINISTACK"];
  if (wanted !== undefined && wanted !== "") return withItsPython(given(wanted));
  const python = findOnPath("python3");
  if (python !== undefined) {
    const installed = await installFromPyPI(python, say);
    if (installed !== undefined) return installed;
  }
  const docker = platform === "linux" ? findOnPath("docker") : undefined;
  if (docker !== undefined) {
    return { command: docker, args: dockerArguments, env: {} };
  }
  throw new NoEmulatorError(
    platform === "linux"
      ? "The AWS emulator cannot be installed: install Python 3.10 or newer with venv (Debian: apt-get install python3-venv), or Docker, and try again."
      : "The AWS emulator cannot be installed: install Python 3.10 or newer (macOS: brew install python), so that python3 on the PATH is that one, and try again.",
  );
}

/** @param program its path, or its name on the PATH */
function given(program: string): string {
  const found = program.includes("/") ? program : findOnPath(program);
  if (found === undefined || !existsSync(found)) {
    throw new NoEmulatorError(
      `PREWARM_MINISTACK: there is no ${program}; give the path of ministack, or leave it unset`,
    );
  }
  return found;
}

async function installFromPyPI(python: string, say: (line: string) => void): Promise<EmulatorCommand | undefined> {
  const args: EmulatorCommand["args"] = (_, socketPath) => serveOn(socketPath);
  const fromPackages = { command: python, args, env: { PYTHONPATH: PACKAGES } };
  if (existsSync(`${PACKAGES}/.complete`)) return fromPackages;
  try {
    const folder = await venv("ministack", REQUIREMENTS, say, python);
    return { command: `${folder}/bin/python`, args, env: {} };
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

/**
 * It uses the host's network, because the functions must reach the edge on loopback. It mounts the project under its
 * own path, because the edge's CA file is there. Variables are passed by name, and Docker takes their values from its
 * own.
 */
function dockerArguments(environment: NodeJS.ProcessEnv, socketPath: string): readonly string[] {
  const variables = Object.keys(environment).flatMap((name) => ["-e", name]);
  const folders = [ROOT, dirname(socketPath)].flatMap((folder) => ["-v", `${folder}:${folder}`]);
  // Root makes the socket, and this user opens it. Only this user gets into its folder.
  const server = [...serveOn(socketPath), "--umask", "0"];
  return ["run", "--rm", "--network", "host", ...folders, ...variables, "--entrypoint", "python", IMAGE, ...server];
}

/** The command's first line names the Python that has MiniStack. */
function withItsPython(command: string): EmulatorCommand {
  const [first = ""] = readFileSync(command, "utf8").split("\n", 1);
  const [python = "", ...before] = first.replace(/^#!\s*/, "").split(/\s+/);
  if (!first.startsWith("#!") || !first.includes("python"))
    throw new NoEmulatorError(
      `${command} is no Python script, as the ministack command is; leave PREWARM_MINISTACK unset, and MiniStack is installed below .local/`,
    );
  return { command: python, args: (_, socketPath) => [...before, ...serveOn(socketPath)], env: {} };
}

function lastLine(error: Error): string {
  return error.message.trim().split("\n").at(-1) ?? "";
}

function findOnPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}
