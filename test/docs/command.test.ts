// Every call of the command that a document shows is one that the command understands.
import { Readable } from "node:stream";
import type { Command } from "commander";
import { program } from "../../cli/program.ts";
import type { Shell } from "../../cli/shell.ts";
import { blocksOf, commandsOf, inlineCommandsOf } from "./commands.ts";
import { DOCUMENTS, read } from "./read-documents.ts";

/** Commands of code blocks and of `code` in tables that are calls of it, also where nobody runs them. */
function calls(text: string) {
  const blocks = blocksOf("", text).flatMap(({ code }) => commandsOf(code));
  return [...blocks, ...inlineCommandsOf(text)].filter((line) => /^(npx )?prewarm [a-z-]/.test(line));
}

/** Words of a line as a shell has them: quotes, and nothing else. */
function words(line: string) {
  return [...line.replace(/^npx /, "").matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap(all)];
}

const heard: string[] = [];
const sink = { write: (text: string) => heard.push(text) };
const shell: Shell = { env: {}, cwd: "/", stdin: Readable.from([]), stdout: sink, stderr: sink };

const shown = [...DOCUMENTS.values(), read("docs/zh/README.md")].flatMap(calls);

test("documents show calls", () => expect(shown.length).toBeGreaterThan(25));

test.each([...new Set(shown)])("%s", async (line) => {
  const root = program(shell, () => undefined);
  let ran = 0;
  for (const command of all(root)) if (command.commands.length === 0) command.action(() => void ran++);
  await root.parseAsync(words(line).slice(1), { from: "user" }).catch((error: unknown) => {
    // Help is an answer, too.
    if (!String(error).includes("(outputHelp)")) throw error;
    ran++;
  });
  expect(ran).toBe(1);
});
