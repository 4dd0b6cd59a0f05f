// `npx tsx tools/checks/code-size.ts [folder …]`: how large the product is, in figures that neither formatting nor comments change.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import ts from "typescript";

/** The folders behind the API. */
const CORE = ["domain", "aws", "lambdas", "agent", "probe", "lib"];

interface FileSize {
  path: string;
  /** TypeScript's tokens; comments and white space are none. */
  tokens: number;
  /** Those of them that stand in import and re-export declarations. */
  importTokens: number;
  lines: number;
  /** `Pick<…>`, wherever it stands. */
  picks: number;
  /** `...{ a, b }` in an object literal. */
  literalSpreads: number;
  /** Folders that the file imports from, besides its own. */
  folders: Set<string>;
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
    files.filter(({ path }) => path.startsWith(`${room}/`)),
  );
printRow("together", files);
const cyclic = cycles(files);
console.log(`folders in cycles: ${cyclic.length}`);
for (const folders of cyclic) console.log(`  ${folders.join(" ")}`);

function measure(path: string): FileSize {
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const size: FileSize = {
    path,
    tokens: tokensOf(source, source),
    importTokens: 0,
    lines: text.split("\n").length - 1,
    picks: 0,
    literalSpreads: 0,
    folders: new Set(),
  };
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node) || (ts.isExportDeclaration(node) && node.moduleSpecifier)) {
      size.importTokens += tokensOf(node, source);
      const from = (node.moduleSpecifier as ts.StringLiteral).text;
      const folder = from.startsWith(".") ? dirname(new URL(from, `file:///${path}`).pathname.slice(1)) : "";
      if (folder && folder !== dirname(path)) size.folders.add(folder);
    }
    if (ts.isTypeReferenceNode(node) && node.typeName.getText() === "Pick") size.picks += 1;
    if (ts.isSpreadAssignment(node) && ts.isObjectLiteralExpression(node.expression)) size.literalSpreads += 1;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return size;
}

function tokensOf(node: ts.Node, source: ts.SourceFile): number {
  const children = node
    .getChildren(source)
    .filter((child) => child.kind < ts.SyntaxKind.FirstJSDocNode || child.kind > ts.SyntaxKind.LastJSDocNode);
  if (children.length > 0) return children.reduce((sum, child) => sum + tokensOf(child, source), 0);
  return node.getWidth(source) > 0 ? 1 : 0;
}

function printRow(name: string, rows: FileSize[]): void {
  const sum = (count: (row: FileSize) => number) => rows.reduce((total, row) => total + count(row), 0);
  console.log(
    [
      name.padEnd(10),
      `${rows.length} files`,
      `${rows.filter(({ lines }) => lines < 30).length} under 30 lines`,
      `${sum(({ tokens }) => tokens)} tokens`,
      `${sum(({ importTokens }) => importTokens)} of imports`,
      `${sum(({ lines }) => lines)} lines`,
      `${sum(({ picks }) => picks)} Pick<`,
      `${sum(({ literalSpreads }) => literalSpreads)} literals spread`,
    ].join("  "),
  );
}

/** Sets of folders that reach each other by imports (Tarjan's strongly connected components). */
function cycles(measured: FileSize[]): string[][] {
  const arrows = new Map<string, Set<string>>();
  for (const { path, folders } of measured) {
    const own = arrows.get(dirname(path)) ?? new Set<string>();
    for (const folder of folders) own.add(folder);
    arrows.set(dirname(path), own);
  }
  const indices = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (folder: string) => {
    const index = indices.size;
    indices.set(folder, index);
    lowest.set(folder, index);
    stack.push(folder);
    for (const next of arrows.get(folder) ?? []) {
      if (!arrows.has(next)) continue;
      if (!indices.has(next)) {
        visit(next);
        lowest.set(folder, Math.min(lowest.get(folder) ?? 0, lowest.get(next) ?? 0));
      } else if (stack.includes(next)) lowest.set(folder, Math.min(lowest.get(folder) ?? 0, indices.get(next) ?? 0));
    }
    if (lowest.get(folder) !== index) return;
    const component = stack.splice(stack.indexOf(folder));
    if (component.length > 1) found.push(component.toSorted());
  };
  for (const folder of arrows.keys()) if (!indices.has(folder)) visit(folder);
  return found;
}
