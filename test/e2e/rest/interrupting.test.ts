// Ctrl-C in a terminal in which `npm start` or `npm run demo` runs. The terminal sends it to npm and to what npm has started.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LOCAL, ROOT } from "../../../tools/local/paths.ts";
import { onTerminal } from "../../../tools/local/processes.ts";
import { until } from "../command-line.ts";

const CTRL_C = "\u0003";

/** A script of package.json, in a terminal of its own. */
class Terminal {
  said = "";

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (text: Buffer) => (this.said += text.toString()));
  }

  static open(script: string): Terminal {
    const [command, args] = onTerminal([100, 30], ["npm", "run", script]);
    const { PREWARM_ENDPOINT: _, PREWARM_API_KEY: __, PREWARM_STACK: ___, ...env } = process.env;
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    return new Terminal(child);
  }

  /** @throws AssertionError with all output, if the script ends before it says this */
  async until(text: string) {
    await until(() => this.said.includes(text) || this.child.exitCode !== null, 300_000);
    expect(this.said).toContain(text);
  }

  /** The folder of this run: tests beside this one make folders too. */
  async folder() {
    const own = () => runFolders().find((name) => descendsFrom(Number(name.slice("run-".length)), this.child.pid));
    await until(() => own() !== undefined);
    return own() ?? "";
  }

  /** Presses Ctrl-C. @returns the exit code */
  async interrupt(): Promise<unknown> {
    const ended = once(this.child, "exit");
    this.child.stdin?.write(CTRL_C);
    const [code] = await ended;
    return code;
  }
}

function runFolders() {
  return existsSync(LOCAL) ? readdirSync(LOCAL).filter((name) => name.startsWith("run-")) : [];
}

/** @returns whether the process has this ancestor, or is it */
function descendsFrom(pid: number, ancestor: number | undefined): boolean {
  if (pid === ancestor) return true;
  try {
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    return parent > 1 && descendsFrom(parent, ancestor);
  } catch {
    return false;
  }
}

/** Command lines of the processes that have this text in their command line or their environment. */
function processesOf(text: string) {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return /^\d+$/.test(pid) && (line + readFileSync(`/proc/${pid}/environ`, "utf8")).includes(text) ? [line] : [];
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
      return [];
    }
  });
}

async function expectNothingLeft(folder: string) {
  // The kernel removes what has been killed a moment later.
  await sleep(1_000);
  expect(processesOf(`${folder}/`)).toEqual([]);
  expect(runFolders()).not.toContain(folder);
}

describe("Ctrl-C", () => {
  it("ends npm start with its emulator and its agents", async () => {
    const terminal = Terminal.open("start");
    const folder = await terminal.folder();
    await terminal.until("Ctrl-C ends everything.");
    const [, api = "", key = ""] = /API +(\S+)\s+Key +(\S+)/.exec(terminal.said) ?? [];
    await fetch(`${api}instances`, {
      method: "POST",
      headers: { "x-api-key": key },
      body: JSON.stringify({ DesiredCapacity: 2 }),
    });
    await until(() => processesOf(`${folder}/agent-`).length >= 2);
    expect(await terminal.interrupt()).toBe(0);
    await expectNothingLeft(folder);
    expect(terminal.said).not.toMatch(/npm (error|ERR)/i);
  });

  it.each(["Starting the AWS emulator", "Deploying"])("ends npm start that has come to: %s", async (step) => {
    const terminal = Terminal.open("start");
    const folder = await terminal.folder();
    await terminal.until(step);
    await sleep(1_000);
    expect(await terminal.interrupt()).toBe(0);
    await expectNothingLeft(folder);
  });

  it("ends the demo", async () => {
    const terminal = Terminal.open("demo");
    const folder = await terminal.folder();
    await terminal.until("Deploying");
    await sleep(1_000);
    // The demo has shown nothing: that is no success.
    expect(await terminal.interrupt()).toBe(130);
    await expectNothingLeft(folder);
  });
});
