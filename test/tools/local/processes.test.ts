import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../../tools/local/paths.ts";
import { folderWith } from "../../folder-with.ts";
import { runProgram } from "./program.ts";

/** Runs a program that uses tools/local/processes.ts. It prints what it has to say as lines. */
async function program(body: string) {
  const folder = folderWith();
  const script = `
    import { ending, killChildren, run, start } from ${JSON.stringify(`${ROOT}tools/local/processes.ts`)};
    const folder = ${JSON.stringify(`${folder}/`)};
    ${body}`;
  const { code, said } = await runProgram(script);
  return { code, said, pid: (name: string) => Number(readFileSync(join(folder, name), "utf8")) };
}

async function isGone(pid: number) {
  for (let tries = 0; tries < 50; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    // It is a zombie until its parent has asked for it.
    if (/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return true;
    await sleep(100);
  }
  return false;
}

/** A command with a process of its own below it, both of which ignore what is asked of them kindly. */
const STUBBORN = (name: string) =>
  `["-c", "trap '' TERM INT; (trap '' TERM INT; while true; do sleep 1; done) & echo $! > " + folder + "${name}; while true; do sleep 1; done"]`;

it("a command that runs when the run ends is ended with all that it has started, and no further one begins", async () => {
  const { code, said, pid } = await program(`
    const running = run("bash", ["-c", "sleep 1000 & echo $! > " + folder + "below; wait"]);
    setTimeout(() => ending.abort(), 1_000);
    await running.catch((error) => console.log(error.name));
    await run("true", []).catch((error) => console.log(error.name));
    try { start("true", [], process.env, folder + "log"); } catch (error) { console.log(error.name); }
  `);
  expect([code, said]).toEqual([0, "InterruptedError\nInterruptedError\nInterruptedError"]);
  expect(await isGone(pid("below"))).toBe(true);
});

it("whatever ends the run, none of its processes is left", async () => {
  const { code, pid } = await program(`
    run("bash", ${STUBBORN("command")}).catch(() => undefined);
    start("bash", ${STUBBORN("agent")}, process.env, folder + "log");
    setTimeout(() => process.exit(3), 1_500);
  `);
  expect(code).toBe(3);
  expect(await Promise.all([isGone(pid("command")), isGone(pid("agent"))])).toEqual([true, true]);
});
