/**
 * `npx tsx test/planted/run.ts [name …]`: plants bugs, one at a time, and expects tests to detect each. test/planted/README.md says how to
 * add one.
 */
import { parseArgs } from "node:util";
import { loadBugs, type NamedBug, vitestArgs } from "./bug.ts";
import { CompileCheck } from "./compile-check.ts";
import { type Checked, runPlanted } from "./planted-run.ts";
import { Commands } from "./test-run.ts";
import { TreeCopy } from "./tree-copy.ts";

const AT_ONCE = 2;
const USAGE = "Usage: npx tsx test/planted/run.ts [--list] [NAME or AREA …]";

const { values, positionals } = parseArgs({
  options: { list: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  allowPositionals: true,
});
if (values.help) console.log(USAGE);
else {
  const bugs = chosen(await loadBugs(), positionals);
  if (values.list) list(bugs);
  else await plant(bugs);
}

function chosen(all: readonly NamedBug[], names: readonly string[]) {
  const isNamed = ({ name, area }: NamedBug, wanted: string) => name === wanted || area === wanted;
  const unknown = names.filter((wanted) => !all.some((bug) => isNamed(bug, wanted)));
  if (unknown.length > 0) {
    console.error(`No planted bug or area has the name ${unknown.join(", ")}. ${USAGE}`);
    process.exit(2);
  }
  return names.length === 0 ? all : all.filter((bug) => names.some((wanted) => isNamed(bug, wanted)));
}

function list(bugs: readonly NamedBug[]) {
  for (const { area, name, invariant } of bugs) console.log(`${area}/${name}\n  ${invariant}`);
}

async function plant(bugs: readonly NamedBug[]) {
  const began = performance.now();
  const commands = new Commands();
  const copies: TreeCopy[] = [];
  const cleanUp = () => {
    commands.end();
    for (const copy of copies.splice(0)) copy.remove();
  };
  process.once("exit", cleanUp);
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
  for (let i = 0; i < Math.min(AT_ONCE, bugs.length); i++) copies.push(new TreeCopy());
  const width = Math.max(3, ...bugs.map(({ name }) => name.length));
  const row = (...[name, result, seconds, command]: readonly string[]) =>
    console.log(`${name?.padEnd(width)}  ${result?.padEnd(10)}  ${seconds?.padStart(7)}  ${command}`);
  row("bug", "result", "seconds", "command");
  const onChecked = ({ bug, verdict, seconds, detail }: Checked) => {
    row(bug.name, verdict, seconds.toFixed(1), `npx vitest ${vitestArgs(bug).join(" ")}`);
    // Of a bug that is caught, only who asks for it by name wants to know the test.
    if (verdict !== "caught" || positionals.length > 0) console.log(`    ${detail.replaceAll("\n", "\n    ")}`);
  };
  const all = await runPlanted(bugs, { copies, commands, compileCheck: new CompileCheck(), onChecked });
  const of = (verdict: Checked["verdict"]) => all.filter((checked) => checked.verdict === verdict);
  const namesOf = (checked: readonly Checked[]) => checked.map(({ bug }) => bug.name).join(" ");
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  const late = of("caught").filter(({ isSecondTry }) => isSecondTry);
  if (late.length > 0) console.log(`only at the second try, so by chance: ${namesOf(late)}`);
  // The last line alone must do: it is all that a summary of checks shows of this.
  console.log(
    [
      `${all.length} bugs: ${of("caught").length} caught (${late.length} at the second try)`,
      `${of("NOT CAUGHT").length} not caught ${namesOf(of("NOT CAUGHT"))}`.trim(),
      `${of("BROKEN").length} broken ${namesOf(of("BROKEN"))}`.trim(),
      `${minutes} minutes`,
    ].join(", "),
  );
  process.exitCode = of("caught").length === all.length ? 0 : 1;
}
