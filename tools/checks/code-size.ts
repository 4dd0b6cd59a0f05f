// `npx tsx tools/checks/code-size.ts [folder …]`: the size of the code, in figures that neither formatting nor comments change. Without
// folders, it compares them with budget.json, and fails if one is exceeded.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import ts from "typescript";
import * as z from "zod";
import { ROOT } from "../root.ts";

const budgetSchema = z.strictObject({
  /** Most tokens of each top-level folder. */
  tokens: z.record(z.string(), z.number()),
  /** Most lines of snapshots, traces, evidence and recordings. */
  recorded_lines: z.number(),
});

/** Files that a program has recorded. */
const RECORDED = [
  ":(glob)**/__snapshots__/**",
  "test/pipeline/traces",
  "test/lib/resources.txt",
  "test/recorded",
  "docs/evidence",
];

interface FileSize {
  readonly path: string;
  /** TypeScript's tokens; comments and white space are none. */
  readonly tokens: number;
  /** Those of them that stand in import and re-export declarations. */
  readonly importTokens: number;
  readonly lines: number;
}

const wanted = process.argv.slice(2);
if (wanted.length > 0) {
  const sizes = wanted.map((folder) => [folder, sizesIn(folder)] as const);
  for (const [folder, files] of sizes) printRow(folder, files);
  printRow(
    "together",
    sizes.flatMap(([, files]) => files),
  );
} else {
  const exceeded = excesses();
  for (const line of exceeded) console.error(line);
  if (exceeded.length > 0) {
    console.error("Remove code, or raise the budget in tools/checks/budget.json in a commit that states the reason.");
    process.exitCode = 1;
  }
}

/** A line for each budget that is exceeded, and for each top-level folder with code that has none. */
function excesses(): string[] {
  const budget = budgetSchema.parse(JSON.parse(readFileSync(`${ROOT}tools/checks/budget.json`, "utf8")));
  const tokens = new Map<string, number>();
  for (const { path, tokens: some } of sizesIn(".")) {
    const [folder = ""] = path.split("/");
    if (path.includes("/")) tokens.set(folder, (tokens.get(folder) ?? 0) + some);
  }
  const recorded = filesIn(RECORDED).reduce((sum, path) => sum + linesOf(readFileSync(ROOT + path, "utf8")), 0);
  const rows = [...tokens].map(([folder, size]) => ({
    what: `tokens in ${folder}/`,
    size,
    most: budget.tokens[folder],
  }));
  return [...rows, { what: "recorded lines", size: recorded, most: budget.recorded_lines }].flatMap(
    ({ what, size, most }) => {
      if (most === undefined) return [`${size} ${what}, which has no budget`];
      return size > most ? [`${size} ${what}, ${size - most} more than its budget`] : [];
    },
  );
}

function sizesIn(folder: string): FileSize[] {
  return filesIn([folder])
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
    .map(measure);
}

/** Files of the working tree that match a pathspec of Git. */
function filesIn(pathspecs: readonly string[]): string[] {
  const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...pathspecs], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.stdout.split("\n").filter((path) => path !== "" && existsSync(ROOT + path));
}

function measure(path: string): FileSize {
  const text = readFileSync(ROOT + path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports = source.statements.filter(
    (it) => ts.isImportDeclaration(it) || (ts.isExportDeclaration(it) && it.moduleSpecifier !== undefined),
  );
  return {
    path,
    tokens: tokensOf(source, source),
    importTokens: imports.reduce((sum, it) => sum + tokensOf(it, source), 0),
    lines: linesOf(text),
  };
}

function linesOf(text: string): number {
  return text.split("\n").length - 1;
}

function tokensOf(node: ts.Node, source: ts.SourceFile): number {
  const children = node
    .getChildren(source)
    .filter((child) => child.kind < ts.SyntaxKind.FirstJSDocNode || child.kind > ts.SyntaxKind.LastJSDocNode);
  if (children.length > 0) return children.reduce((sum, child) => sum + tokensOf(child, source), 0);
  return node.getWidth(source) > 0 ? 1 : 0;
}

function printRow(name: string, rows: readonly FileSize[]): void {
  const sum = (count: (row: FileSize) => number) => rows.reduce((total, row) => total + count(row), 0);
  const small = rows.filter(({ lines }) => lines < 30).length;
  const [tokens, imports, lines] = [sum((it) => it.tokens), sum((it) => it.importTokens), sum((it) => it.lines)];
  console.log(
    `${name.padEnd(10)}  ${rows.length} files  ${small} under 30 lines  ${tokens} tokens  ${imports} of imports  ${lines} lines`,
  );
}
