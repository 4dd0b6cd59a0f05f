import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { sinkOf } from "./output/sink.ts";
import { program } from "./program.ts";
import type { Shell } from "./shell.ts";

const shell: Shell = {
  env: process.env,
  cwd: process.cwd(),
  // Node opens it when it is read the first time, and help does not wait for that.
  get stdin() {
    return process.stdin;
  },
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
};

// A reader that has seen enough, such as `head`, closes the pipe. That is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.good);
});

const APART =
  "The command is five files: prewarm.cjs, and beside it actions.cjs, direct.cjs, cloudfront.cjs and doctor.cjs. Copy all of them, or install the command again.";

void run();

async function run(): Promise<void> {
  try {
    await program(shell, (code) => {
      process.exitCode = code;
    }).parseAsync(process.argv);
  } catch (error) {
    process.exitCode = EXIT.fault;
    // What commander finds wrong, it has said itself. Its help is no fault.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.good : EXIT.fault;
    else shell.stderr.write(await explained(error));
  }
}

/** Loaded with the actions: the errors that it knows are theirs. */
async function explained(error: unknown): Promise<string> {
  const isApart = error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";
  // Somebody has copied one file of five.
  const actions = isApart ? undefined : await import("./actions/all.ts").catch(() => undefined);
  if (actions !== undefined) return actions.explain(error, shell);
  // Node names the files that wanted it in further lines.
  const [problem] = (error instanceof Error ? error.message : String(error)).split("\n");
  return `prewarm: ${problem}\n${APART}\n`;
}
