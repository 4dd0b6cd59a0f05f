// Decides as IAM does whether policies of one account allow a call, as far as this project's policies go. What they do not use throws.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import * as z from "zod";

/** What a call must be allowed to do. */
export interface PermissionRequest {
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** An ARN; `*` for an action that knows no resource. */
  readonly resource: string;
  /** Values of condition keys. A key whose value is a list is multivalued: conditions need a set operator for it. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** Operator, condition key, values of which one must match. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Conditions;
}

export type Decision = "allow" | "implicit deny" | "explicit deny";

const listSchema = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const EVERYBODY = { AWS: "*" } as const;

/** `NotAction`, `NotResource`, `NotPrincipal` and any other element are refused. So is a principal other than everybody. */
const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: z.union([z.literal("*"), z.strictObject({ AWS: z.literal(EVERYBODY.AWS) })]).optional(),
    Action: listSchema,
    Resource: listSchema,
    Condition: z.record(z.string(), z.record(z.string(), listSchema)).default({}),
  })
  .transform(({ Effect, Action, Resource, Condition }) => ({
    effect: Effect,
    actions: Action,
    resources: Resource,
    conditions: Condition,
  }));

/** Reads a statement of a policy, without intrinsic functions. @throws Error for an element that is not supported here */
export function parseStatement(json: unknown): Statement {
  if (JSON.stringify(json).includes("${"))
    throw new Error(`policy variables are not supported: ${JSON.stringify(json)}`);
  const statement = statementSchema.parse(json);
  for (const operator of Object.keys(statement.conditions)) parseOperator(operator);
  return statement;
}

/**
 * Decides by all statements that count for a call: those of the caller's role and those of the resource. In one account, each of
 * both may allow it, and each may deny it.
 * @throws Error for a condition operator that is not supported here
 */
export function evaluate(statements: readonly Statement[], request: PermissionRequest): Decision {
  const matching = statements.filter((statement) => appliesTo(statement, request));
  if (matching.some(({ effect }) => effect === "Deny")) return "explicit deny";
  return matching.some(({ effect }) => effect === "Allow") ? "allow" : "implicit deny";
}

function appliesTo({ actions, resources, conditions }: Statement, request: PermissionRequest) {
  return (
    actions.some((pattern) => matchesPattern(pattern.toLowerCase(), request.action.toLowerCase())) &&
    resources.some((pattern) => matchesArn(pattern, request.resource)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => conditionHolds(operator, values, contextValue(request, key))),
    )
  );
}

/** Names of condition keys are not case-sensitive. */
function contextValue({ context }: PermissionRequest, key: string) {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found?.[1];
}

type Matcher = (expected: string, actual: string) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Matcher>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringLike: matchesPattern,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  NumericLessThan: (expected, actual) => Number(actual) < Number(expected),
};

function parseOperator(operator: string) {
  const [, set, base = "", ifExists] = /^(?:(ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const isNull = base === "Null" && set === undefined && ifExists === undefined;
  if (!isNull && OPERATORS[base] === undefined) throw new Error(`the operator ${operator} is not supported here`);
  return { set, base, ifExists: ifExists !== undefined };
}

function conditionHolds(operator: string, expected: readonly string[], actual: string | readonly string[] | undefined) {
  const { set, base, ifExists } = parseOperator(operator);
  const isAbsent = actual === undefined || actual.length === 0;
  if (base === "Null") return expected.includes(String(isAbsent));
  if (isAbsent) return ifExists || set === "ForAllValues";
  const matcher = OPERATORS[base] as Matcher;
  const matchesOne = (value: string) => expected.some((one) => matcher(one, value));
  if (set === "ForAllValues") return [actual].flat().every(matchesOne);
  if (typeof actual !== "string") throw new Error(`${operator} compares a multivalued key: it needs a set operator`);
  return matchesOne(actual);
}

/** `*` stands for any characters, `?` for one. */
function matchesPattern(pattern: string, text: string) {
  let compiled = compiledPatterns.get(pattern);
  if (compiled === undefined) {
    const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
    compiled = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
    compiledPatterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

const compiledPatterns = new Map<string, RegExp>();

/**
 * Compares each of the six parts of an ARN. IAM may let `*` stand for a colon, too; a policy that relies on that is refused here.
 * @throws Error for an ARN of fewer parts, which IAM completes
 */
function matchesArn(pattern: string, arn: string) {
  if (pattern === "*") return true;
  if (arn === "*") return false;
  const [patterns, parts] = [partsOf(pattern), partsOf(arn)];
  return patterns.every((one, n) => matchesPattern(one, parts[n] ?? ""));
}

function partsOf(arn: string) {
  const [head = "", partition = "", service = "", region = "", account = "", ...resource] = arn.split(":");
  if (head !== "arn" || resource.length === 0) throw new Error(`${arn} is no complete ARN`);
  return [partition, service, region, account, resource.join(":")];
}
