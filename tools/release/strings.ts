import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { ROOT } from "../root.ts";

/** A text that users read. */
interface Text {
  /** `file:line` */
  readonly at: string;
  readonly en: string;
  /** Undefined: it exists in English alone, or the text is the Chinese of an English one elsewhere. */
  readonly zh: string | undefined;
}

const FOLDERS = ["cli", "client", "console", "domain", "lambdas", "probe"];
/** Descriptions in schemas are the text of docs/openapi.json. */
const NOT_SHOWN = /\b(describe|meta|Error)$/;

/** Names of places. */
const NAMES = /^domain\/pops\/|^console\/map\/names/;
const SEVERAL_WORDS = /\p{L}{2,}.* .*\p{L}{2,}|\p{Script=Han}/u;

/** The rows of all catalogues, and every other literal of several words: `npm run gen strings`. */
export function listStrings(): Text[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  return files
    .filter((file) => /\.tsx?$/.test(file) && !NAMES.test(file))
    .sort()
    .flatMap(textsOf);
}

function textsOf(path: string): Text[] {
  const source = ts.createSourceFile(path, readFileSync(ROOT + path, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Text[] = [];
  const add = (node: ts.Node, en: string, zh?: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    if (zh !== undefined || SEVERAL_WORDS.test(en.replaceAll(/\$\{[^{}]*\}/g, "…")))
      found.push({ at: `${path}:${line + 1}`, en, zh });
  };
  const visit = (node: ts.Node): void => {
    const { en, zh } = rowOf(node);
    const literal = literalOf(node);
    if (en !== undefined && zh !== undefined) add(node, en, zh);
    else if (literal !== undefined) add(node, literal);
    else if (!isHidden(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isHidden(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isJsxAttribute(node))
    return ts.isImportDeclaration(node) || node.name.getText() === "class";
  return (ts.isCallExpression(node) || ts.isNewExpression(node)) && NOT_SHOWN.test(node.expression.getText());
}

/** `{ en: …, zh: … }` */
function rowOf(node: ts.Node): { readonly en?: string | undefined; readonly zh?: string | undefined } {
  if (!ts.isObjectLiteralExpression(node)) return {};
  const [en, zh] = ["en", "zh"].map((name) => {
    const property = node.properties.find((it) => it.name?.getText() === name);
    return property !== undefined && ts.isPropertyAssignment(property)
      ? (literalOf(property.initializer) ?? property.initializer.getText())
      : undefined;
  });
  return { en, zh };
}

/** A string, a template or several of them joined by `+`, as they stand in the code. */
function literalOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.getText().slice(1, -1);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [literalOf(node.left), literalOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
