// `npx tsx tools/checks/code-size.ts [folder …]`: how large the product is, in figures that neither formatting nor comments change.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ts from "typescript";

/** The folders behind the API. */
const CORE = ["domain", "aws", "lambdas", "agent", "probe", "lib"];

interface FileSize {
  readonly path: string;
  /** TypeScript's tokens; comments and white space are none. */
  readonly tokens: number;
  /** Those of them that stand in import and re-export declarations. */
  readonly importTokens: number;
  readonly lines: number;
}

const rooms = process.argv.length > 2 ? process.argv.slice(2) : CORE;
const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...rooms], {
  encoding: "utf8",
});
const paths = listed.stdout.split("\n").filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"));
const files = paths.filter((path) => ts.sys.fileExists(path)).map(measure);

for (const room of rooms)
  printRow(
    room,
    files.filter(({ path }) => path === room || path.startsWith(`${room}/`)),
  );
printRow("together", files);

function measure(path: string): FileSize {
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports = source.statements.filter(
    (it) => ts.isImportDeclaration(it) || (ts.isExportDeclaration(it) && it.moduleSpecifier !== undefined),
  );
  return {
    path,
    tokens: tokensOf(source, source),
    importTokens: imports.reduce((sum, it) => sum + tokensOf(it, source), 0),
    lines: text.split("\n").length - 1,
  };
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
