import ts from "typescript";
import { ROOT } from "./synth.ts";

/** An AWS call that some code can make, and what it is made on, as `Class.field` that holds the name. */
export interface AwsCall {
  readonly action: string;
  readonly on: string;
}

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile).config,
  ts.sys,
  ROOT,
);

/** Permissions of commands that are not called the same, or that need more than one. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  BatchWriteItem: ["dynamodb:BatchWriteItem"],
  SendMessageBatch: ["sqs:SendMessage"],
  DeleteMessageBatch: ["sqs:DeleteMessage"],
  ChangeMessageVisibilityBatch: ["sqs:ChangeMessageVisibility"],
  // The code deletes versions by their ids.
  DeleteObjects: ["s3:DeleteObjectVersion"],
  ListObjectVersions: ["s3:ListBucketVersions"],
  ListObjectsV2: ["s3:ListBucket"],
  Upload: ["s3:PutObject", "s3:AbortMultipartUpload"],
};
const TRANSACTED = { Update: "UpdateItem", Put: "PutItem", Delete: "DeleteItem", ConditionCheck: "ConditionCheckItem" };

/** What the compiler knows of files, and of all that they import. @param entries their paths below the root */
export function programOf(entries: readonly string[]): ts.Program {
  return ts.createProgram(
    entries.map((entry) => `${ROOT}${entry}`),
    options,
  );
}

/**
 * Every AWS call that can be reached from a file: the compiler follows each name that is used to the function, method
 * or constructor behind it. A method that nobody calls is not counted, though its class is used.
 */
export function awsCallsFrom(program: ts.Program, entry: string): AwsCall[] {
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Node>();
  const calls = new Map<string, AwsCall>();

  const declarationsOf = (node: ts.Node): readonly ts.Declaration[] => {
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol === undefined) return [];
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return target.declarations ?? [];
  };

  const visit = (node: ts.Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    // Types are not run. Methods are, once somebody uses their name.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return;
    if (ts.isClassDeclaration(node)) {
      visitClass(node);
      return;
    }
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) record(node);
    if (ts.isIdentifier(node)) for (const declaration of declarationsOf(node)) follow(declaration);
    ts.forEachChild(node, visit);
  };

  const visitClass = (node: ts.ClassDeclaration): void => {
    for (const member of node.members)
      if (ts.isConstructorDeclaration(member) || ts.isPropertyDeclaration(member)) visit(member);
  };

  const follow = (declaration: ts.Declaration): void => {
    const file = declaration.getSourceFile().fileName;
    if (!file.startsWith(ROOT) || file.includes("/node_modules/")) return;
    // A module's own statements run when it is imported.
    if (ts.isMethodDeclaration(declaration) || ts.isFunctionDeclaration(declaration)) visit(declaration);
    else if (ts.isClassDeclaration(declaration) || ts.isVariableDeclaration(declaration)) visit(declaration);
  };

  const record = (node: ts.NewExpression | ts.CallExpression): void => {
    const name = node.expression.getText();
    const from = declarationsOf(node.expression)[0]?.getSourceFile().fileName ?? "";
    const service = /@aws-sdk\/(?:client-)?([a-z0-9-]+)\//.exec(from)?.[1];
    if (service === undefined) return;
    const command = /^(?:paginate)?([A-Z]\w*?)(?:Command)?$/.exec(name)?.[1];
    const isCall = ts.isNewExpression(node) ? /Command$|^Upload$/.test(name) : /^paginate/.test(name);
    if (command === undefined || !isCall) return;
    for (const action of actionsOf(service, command, node))
      for (const on of namesIn(node)) calls.set(`${action} ${on}`, { action, on });
  };

  visit(program.getSourceFile(`${ROOT}${entry}`) ?? fail(entry));
  return [...calls.values()];
}

function fail(entry: string): never {
  throw new Error(`There is no ${entry}`);
}

function actionsOf(service: string, command: string, node: ts.Node): readonly string[] {
  const known = ACTIONS[command];
  if (known !== undefined) return known;
  if (command === "TransactWrite") {
    const parts = Object.entries(TRANSACTED).filter(([part]) => new RegExp(`\\b${part}:`).test(node.getText()));
    return parts.map(([, action]) => `dynamodb:${action}`);
  }
  // The document client's commands lack the `Item`.
  const isItem = ["Get", "Put", "Update", "Delete", "BatchWrite"].includes(command);
  const prefix =
    { "lib-dynamodb": "dynamodb", "auto-scaling": "autoscaling", eventbridge: "events" }[service] ?? service;
  return [`${prefix}:${command}${isItem ? "Item" : ""}`];
}

/**
 * The names of tables, queues and so on in a call: in its arguments, or, if they were put together before, around it.
 */
function namesIn(node: ts.NewExpression | ts.CallExpression): string[] {
  const inClass = ts.findAncestor(node, ts.isClassDeclaration)?.name?.text ?? "";
  const around = ts.findAncestor(node, ts.isClassElement);
  for (const place of [node, around]) {
    const text = place?.getText() ?? "";
    const fields = [
      ...text.matchAll(
        /(?:this\.(table|requestTable|url|deadLetterUrl|bucket|name|group|groupName)\b)|QueueUrl: (url)\b/g,
      ),
    ];
    const index = /IndexName: (\w+)/.exec(text)?.[1];
    const indexed = index === undefined ? "" : `/${index}`;
    if (fields.length > 0) return [...new Set(fields.map(([, a, b]) => `${inClass}.${a ?? b}${indexed}`))];
  }
  return [`${inClass}`];
}
