// `npx tsx tools/refactor/main.ts PLAN.json …`: moves and merges source files, and rewrites all that imports or names them.
// A plan: { renames: [{ file, name, newName }], texts: [{ file, old, new }], merges: [{ to, from: [path, …] }] }, done in this order.
// A text stands in its file once; with the file "*", everywhere. It runs again on another commit as it is: what a plan names and the
// tree does not have is skipped with a note.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import ts from "typescript";
import { grouped } from "../../domain/collections.ts";
import { declarationsOf, parse, type Rename, rename } from "./rename.ts";

interface Plan {
  readonly merges?: readonly { readonly to: string; readonly from: readonly string[] }[];
  readonly renames?: readonly Rename[];
  readonly texts?: readonly { readonly file: string; readonly old: string; readonly new: string }[];
}

/** A name that one module takes from another. */
interface Binding {
  readonly name: string;
  readonly local: string;
  readonly isType: boolean;
}

interface Imported {
  readonly module: string;
  defaultName?: { local: string; isType: boolean } | undefined;
  namespace?: string | undefined;
  isSideEffect: boolean;
  /** By local name. */
  readonly bindings: Map<string, Binding>;
}

const isDryRun = process.argv.includes("--dry-run");
const plans = process.argv
  .slice(2)
  .filter((word) => word !== "--dry-run")
  .map((path) => JSON.parse(readFileSync(path, "utf8")) as Plan);
const problems: string[] = [];

const tracked = spawnSync("git", ["ls-files"], { encoding: "utf8", maxBuffer: 1 << 28 })
  .stdout.split("\n")
  .filter((path) => path && existsSync(path));
const texts = new Map<string, string>();
for (const path of tracked)
  if (/\.(tsx?|m?js|json|md|ya?ml|grit)$/.test(path) && path !== "package-lock.json")
    texts.set(path, readFileSync(path, "utf8"));
const before = new Map(texts);
const isCode = (path: string) => /\.(tsx?|m?js)$/.test(path);

problems.push(
  ...rename(
    texts,
    plans.flatMap(({ renames }) => renames ?? []),
  ),
);
for (const { file, old, new: replacement } of plans.flatMap((plan) => plan.texts ?? [])) {
  const inPlan = (path: string) => path.startsWith("tools/refactor/");
  const holders = [...texts.keys()].filter((path) => (file === "*" ? !inPlan(path) : path === file));
  const found = holders.filter((path) => texts.get(path)?.includes(old));
  if (found.length === 0) console.error(`skipped: ${file} has no ${JSON.stringify(old)}`);
  for (const path of found) {
    const text = texts.get(path) ?? "";
    if (file !== "*" && text.split(old).length > 2) problems.push(`${path} has several ${JSON.stringify(old)}`);
    texts.set(
      path,
      text.replaceAll(old, () => replacement),
    );
  }
}

const newPathOf = new Map<string, string>();
const groups = new Map<string, string[]>();
for (const { to, from } of plans.flatMap(({ merges }) => merges ?? [])) {
  for (const path of from) {
    if (!texts.has(path)) {
      console.error(`skipped: ${path} is not there`);
      continue;
    }
    if (newPathOf.has(path)) problems.push(`${path} is in two merges`);
    newPathOf.set(path, to);
    groups.set(to, [...(groups.get(to) ?? []), path]);
  }
}
for (const [to, from] of groups)
  if (texts.has(to) && !from.includes(to) && !newPathOf.has(to))
    problems.push(`${to} exists, and is not in its own merge`);

const results = new Map<string, string>();
for (const [to, from] of groups) results.set(to, merged(to, from));
for (const [path, text] of texts)
  if (!newPathOf.has(path) && isCode(path)) results.set(path, rewritten(path, path, text));
for (const [path, text] of texts) if (!isCode(path)) results.set(path, text);
const mentions = [...newPathOf].filter(([from, to]) => from !== to).map(([from, to]) => [from, to] as const);
const mention = new RegExp(
  `(?<![\\w/.-])(${mentions.map(([from]) => from.replaceAll(/[.\\]/g, "\\$&")).join("|")})(?![\\w-])`,
  "g",
);
const byOld = new Map<string, string>(mentions);
if (mentions.length > 0)
  for (const [path, text] of results)
    if (!path.startsWith("tools/refactor/"))
      results.set(
        path,
        text.replaceAll(mention, (old) => byOld.get(old) ?? old),
      );

for (const problem of problems) console.error(`PROBLEM: ${problem}`);
if (isDryRun || problems.length > 0) process.exit(problems.length > 0 ? 1 : 0);
let written = 0;
for (const [path, text] of results) {
  if (before.get(path) === text) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  written += 1;
}
for (const path of newPathOf.keys()) if (!results.has(path)) rmSync(path);
console.log(`${newPathOf.size} files became ${groups.size}; ${written} files written`);

/** The names that a file declares at its top; a type and a value of one name count as one. */
function declaredNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of source.statements)
    for (const { name } of declarationsOf(statement)) {
      if (name && ts.isIdentifier(name as ts.Identifier)) names.add(name.getText());
      else if (name) for (const [, one] of name.getText().matchAll(/(\w+)\s*(?=[,}\]])/g)) if (one) names.add(one);
    }
  return names;
}

/** The path that a specifier means, if it is a file of the project. */
function resolved(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = normalize(join(dirname(from), specifier));
  if (texts.has(path) || tracked.includes(path)) return path;
  const source = path.replace(/\.js$/, ".ts");
  return texts.has(source) ? source : texts.has(`${source}x`) ? `${source}x` : undefined;
}

function specifierOf(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** @returns the specifier at the file's new place, of what may itself have moved */
function newSpecifier(oldFile: string, newFile: string, specifier: string): string {
  const target = resolved(oldFile, specifier);
  if (target === undefined) {
    if (!specifier.startsWith(".") || oldFile === newFile) return specifier;
    return specifierOf(newFile, normalize(join(dirname(oldFile), specifier))) + (specifier.endsWith("/") ? "/" : "");
  }
  const path = specifierOf(newFile, newPathOf.get(target) ?? target);
  return specifier.endsWith(".js") && path.endsWith(".ts") ? path.replace(/\.ts$/, ".js") : path;
}

function addImports(imports: Map<string, Imported>, statement: ts.ImportDeclaration, module: string): void {
  const found: Imported = imports.get(module) ?? { module, isSideEffect: false, bindings: new Map() };
  imports.set(module, found);
  const clause = statement.importClause;
  if (!clause) {
    found.isSideEffect = true;
    return;
  }
  const isTypeOnly = clause.isTypeOnly;
  if (clause.name)
    found.defaultName = { local: clause.name.text, isType: isTypeOnly && (found.defaultName?.isType ?? true) };
  if (clause.namedBindings && ts.isNamespaceImport(clause.namedBindings)) {
    const isType = isTypeOnly && (found.namespace === undefined || found.namespace.startsWith("type "));
    found.namespace = `${isType ? "type " : ""}* as ${clause.namedBindings.name.text}`;
    return;
  }
  for (const element of clause.namedBindings?.elements ?? []) {
    const binding = {
      name: (element.propertyName ?? element.name).text,
      local: element.name.text,
      isType: isTypeOnly || element.isTypeOnly,
    };
    const before = found.bindings.get(binding.local);
    found.bindings.set(binding.local, before && !before.isType ? before : binding);
  }
}

function printImports(imports: Map<string, Imported>, attributes: ReadonlyMap<string, string>): string {
  const lines: string[] = [];
  for (const { module, defaultName, namespace, isSideEffect, bindings } of imports.values()) {
    const end = `from "${module}"${attributes.get(module) ?? ""};`;
    if (namespace) lines.push(`import ${namespace} ${end}`);
    const all = [...bindings.values()];
    const areTypes = all.length > 0 && all.every(({ isType }) => isType) && !defaultName;
    const named = all
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(
        ({ name, local, isType }) =>
          `${isType && !areTypes ? "type " : ""}${name === local ? name : `${name} as ${local}`}`,
      );
    if (defaultName && named.length > 0) lines.push(`import ${defaultName.local}, { ${named.join(", ")} } ${end}`);
    else if (defaultName) lines.push(`import ${defaultName.isType ? "type " : ""}${defaultName.local} ${end}`);
    else if (named.length > 0) lines.push(`import ${areTypes ? "type " : ""}{ ${named.join(", ")} } ${end}`);
    else if (isSideEffect && !namespace) lines.push(`import "${module}"${attributes.get(module) ?? ""};`);
  }
  return lines.join("\n");
}

/** One file out of several: their bodies in order below the imports of all. */
function merged(to: string, from: readonly string[]): string {
  if (from.length === 1 && from[0] !== undefined) return rewritten(from[0], to, texts.get(from[0]) ?? "");
  if (!isCode(to)) problems.push(`${to}: only code can be merged`);
  const imports = new Map<string, Imported>();
  const attributes = new Map<string, string>();
  const owners = new Map<string, string>();
  const bodies: string[] = [];
  for (const path of from) {
    const text = texts.get(path) ?? "";
    const source = parse(path, text);
    for (const name of declaredNames(source)) {
      if (owners.has(name)) problems.push(`${to}: ${name} is declared in ${owners.get(name)} and ${path}`);
      owners.set(name, path);
    }
    if (/import\.meta/.test(text) && dirname(path) !== dirname(to))
      problems.push(`${path} uses import.meta and changes its folder`);
  }
  const localModules = new Map<string, string>();
  for (const path of from) {
    const text = texts.get(path) ?? "";
    const source = parse(path, text);
    let body = "";
    let end = 0;
    for (const statement of source.statements) {
      if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) {
        const target = resolved(path, (statement.moduleSpecifier as ts.StringLiteral).text);
        if (!target || newPathOf.get(target) !== to) continue;
        // What is re-exported is exported by the merged file anyway.
        body += text.slice(end, statement.getStart());
        end = statement.getEnd();
      }
      if (!ts.isImportDeclaration(statement)) continue;
      body += text.slice(end, statement.getStart());
      end = statement.getEnd();
      const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
      const target = resolved(path, specifier);
      const isWithin = target !== undefined && (newPathOf.get(target) ?? target) === to;
      const module = newSpecifier(path, to, specifier);
      if (statement.attributes) attributes.set(module, ` ${statement.attributes.getText()}`);
      const elements =
        statement.importClause?.namedBindings && ts.isNamedImports(statement.importClause.namedBindings)
          ? statement.importClause.namedBindings.elements
          : [];
      if (isWithin) {
        for (const { propertyName, name } of elements)
          if (propertyName && propertyName.text !== name.text)
            problems.push(`${path} imports ${propertyName.text} as ${name.text} from what it is merged with`);
        if (statement.importClause?.namedBindings && ts.isNamespaceImport(statement.importClause.namedBindings))
          problems.push(`${path} imports a namespace of what it is merged with`);
        continue;
      }
      for (const { name } of elements) {
        if (owners.has(name.text))
          problems.push(`${to}: ${path} imports ${name.text}, which ${owners.get(name.text)} declares`);
        const other = localModules.get(name.text);
        if (other !== undefined && other !== module)
          problems.push(`${to}: ${name.text} comes from ${other} and ${module}`);
        localModules.set(name.text, module);
      }
      addImports(imports, statement, module);
    }
    body += text.slice(end);
    bodies.push(withSpecifiers(path, to, body.trim()));
  }
  return `${printImports(imports, attributes)}\n\n${bodies.join("\n\n")}\n`;
}

/** The text of a file at its new place: every relative specifier and, where two imports now mean one module, one of them. */
function rewritten(oldPath: string, newPath: string, text: string): string {
  const changed = withSpecifiers(oldPath, newPath, text);
  if (changed === text) return text;
  const source = parse(newPath, changed);
  const byModule = grouped(
    source.statements
      .filter((statement) => ts.isImportDeclaration(statement))
      .filter(({ importClause }) => !importClause?.namedBindings || !ts.isNamespaceImport(importClause.namedBindings)),
    ({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text,
  );
  const edits: { start: number; end: number; text: string }[] = [];
  for (const [module, statements] of byModule) {
    if (statements.length < 2) continue;
    const imports = new Map<string, Imported>();
    const attributes = new Map<string, string>();
    for (const statement of statements) {
      if (statement.attributes) attributes.set(module, ` ${statement.attributes.getText()}`);
      addImports(imports, statement, module);
    }
    statements.forEach((statement, index) => {
      edits.push({
        start: statement.getStart(),
        end: statement.getEnd() + (index === 0 ? 0 : 1),
        text: index === 0 ? printImports(imports, attributes) : "",
      });
    });
  }
  let result = changed;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + replacement + result.slice(end);
  return result;
}

/** Replaces each string literal that is a relative path of a file that moved, or that stands in a file that moved. */
function withSpecifiers(oldPath: string, newPath: string, text: string): string {
  const source = parse(oldPath, text);
  const edits: { start: number; end: number; text: string }[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node) && /^\.\.?\//.test(node.text)) {
      const isPath = resolved(oldPath, node.text) !== undefined || existsSync(join(dirname(oldPath), node.text));
      const specifier = isPath ? newSpecifier(oldPath, newPath, node.text) : node.text;
      if (specifier !== node.text) edits.push({ start: node.getStart() + 1, end: node.getEnd() - 1, text: specifier });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  let result = text;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + replacement + result.slice(end);
  return result;
}
