// The renames of a plan, by TypeScript's language service: declarations with all their uses.
import { join, relative } from "node:path";
import ts from "typescript";

/** `file` "*" means every file; `name`: see {@link nodesNamed}. */
export interface Rename {
  readonly file: string;
  readonly name: string;
  readonly newName: string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A rename of a property can leave a variable to rename, and the other way round: `{ a }` becomes `{ b: a }`. */
const MAX_PASSES = 8;

/**
 * Renames in passes: a pass takes each rename whose places no other rename of the pass has, and the rest goes to the next pass.
 * What a file does not declare (any more) is skipped with a note.
 * @param texts of all files by path; changed in place
 * @returns what could not be renamed
 */
export function rename(texts: Map<string, string>, renames: readonly Rename[]): string[] {
  const problems: string[] = [];
  const code = [...texts.keys()].filter((path) => /\.(tsx?|m?js)$/.test(path));
  const isRenamed = new Set<Rename>();
  const changed = new Set<string>();
  const newNames = new Set(renames.map(({ newName }) => newName));
  const { service, touch } = serviceOf(texts, code);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const edits = new Map<string, Map<number, Edit>>();
    for (const rename of renames) {
      for (const path of rename.file === "*" ? code : [rename.file]) {
        const text = texts.get(path);
        const last = rename.name.split(".").at(-1) ?? "";
        if (!text?.includes(last) || last === rename.newName) continue;
        for (const start of nodesNamed(parse(path, text), rename.name)) {
          if (edits.get(path)?.has(start)) continue;
          const options = { providePrefixAndSuffixTextForRename: true };
          const found = service.findRenameLocations(join(process.cwd(), path), start, false, false, options);
          if (!found) {
            problems.push(`${path}: ${rename.name} cannot be renamed`);
            continue;
          }
          isRenamed.add(rename);
          const own = found.map(({ fileName, textSpan, prefixText = "", suffixText = "" }) => ({
            path: relative(process.cwd(), fileName),
            start: textSpan.start,
            end: textSpan.start + textSpan.length,
            text: `${prefixText}${rename.newName}${suffixText}`,
          }));
          if (own.some((edit) => edits.get(edit.path)?.has(edit.start))) continue;
          for (const edit of own) {
            const inFile = edits.get(edit.path) ?? new Map<number, Edit>();
            edits.set(edit.path, inFile.set(edit.start, edit));
          }
        }
      }
    }
    if (edits.size === 0) break;
    for (const [path, inFile] of edits) {
      texts.set(path, edited(texts.get(path) ?? "", [...inFile.values()]));
      touch(path);
      changed.add(path);
    }
  }
  for (const rename of renames)
    if (!isRenamed.has(rename)) console.error(`skipped: ${rename.file} declares no ${rename.name}`);
  for (const path of changed) texts.set(path, withoutAliases(path, texts.get(path) ?? "", newNames));
  return [...new Set(problems)];
}

function serviceOf(texts: ReadonlyMap<string, string>, code: readonly string[]) {
  const versions = new Map<string, number>();
  const config = ts.parseJsonConfigFileContent(
    {
      extends: "./tsconfig.json",
      compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact", lib: ["es2023", "dom", "dom.iterable"] },
      files: code,
    },
    ts.sys,
    process.cwd(),
  );
  const pathOf = (name: string) => relative(process.cwd(), name);
  const service = ts.createLanguageService({
    getScriptFileNames: () => code.map((path) => join(process.cwd(), path)),
    getScriptVersion: (name) => String(versions.get(pathOf(name)) ?? 0),
    getScriptSnapshot: (name) => {
      const text = texts.get(pathOf(name)) ?? ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => process.cwd(),
    getCompilationSettings: () => config.options,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
  return { service, touch: (path: string) => versions.set(path, (versions.get(path) ?? 0) + 1) };
}

export function parse(path: string, text: string): ts.SourceFile {
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : undefined;
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
}

/**
 * Where a name is declared: `name` at the top of the file; `Owner.name` within the top-level declaration `Owner`, as a member of a
 * class or type, or as anything inside a function; `*.name` wherever the file declares it.
 */
function nodesNamed(source: ts.SourceFile, dotted: string): number[] {
  const [owner, member] = dotted.includes(".") ? dotted.split(".") : [dotted, undefined];
  const within: ts.Node[] = [];
  for (const statement of source.statements)
    for (const declaration of declarationsOf(statement)) {
      if (owner !== "*" && declaration.name?.getText() !== owner) continue;
      if (member === undefined && declaration.name) return [declaration.name.getStart()];
      within.push(declaration);
    }
  const found = new Set<number>();
  const add = (node: ts.Node) => {
    if (isDeclaration(node) && node.name?.getText() === member) found.add(node.name.getStart());
  };
  const addAll = (node: ts.Node) => {
    add(node);
    ts.forEachChild(node, addAll);
  };
  for (const node of owner === "*" ? [source] : within) {
    if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) node.members.forEach(add);
    else addAll(node);
  }
  return [...found];
}

type Named = ts.NamedDeclaration & { readonly name: ts.Node };

function isDeclaration(node: ts.Node): node is Named {
  const isKind =
    ts.isBindingElement(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isPropertyAssignment(node);
  return isKind && node.name !== undefined;
}

export function declarationsOf(statement: ts.Statement): readonly ts.NamedDeclaration[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations;
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement))
    return [statement];
  if (ts.isTypeAliasDeclaration(statement) || ts.isEnumDeclaration(statement)) return [statement];
  return [];
}

/** `{ a: a }`, in patterns too, becomes `{ a }`, and `import { a as a }` becomes `import { a }`: renames leave such pairs. */
function withoutAliases(path: string, text: string, names: ReadonlySet<string>): string {
  const edits: Edit[] = [];
  const visit = (node: ts.Node) => {
    const pair = ts.isPropertyAssignment(node)
      ? [node.name, node.initializer]
      : ts.isBindingElement(node) || ts.isImportSpecifier(node) || ts.isExportSpecifier(node)
        ? [node.propertyName, node.name]
        : [];
    const [first, second] = pair;
    if (first && second && ts.isIdentifier(first) && ts.isIdentifier(second))
      if (first.text === second.text && names.has(first.text))
        edits.push({ start: first.getStart(), end: second.getEnd(), text: first.text });
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return edited(text, edits);
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const edit of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  return result;
}
