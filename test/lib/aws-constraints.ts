// What AWS rejects and neither CDK, cfn-lint nor an emulator checks: https://docs.aws.amazon.com/… of each constraint says so.
import {
  ConfiguredStack,
  type Resource,
  type StackTemplate,
  stackTemplateSchema,
} from "../../tools/release/stack-template.ts";

/** A template as JSON, to break. */
// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of a thousand shapes
export type Json = any;

/** A stack as CloudFormation would make it of given parameters. */
export class Deployable {
  private readonly stack: ConfiguredStack;
  private readonly parsed: StackTemplate;

  /** @param given parameters that have another value than their default */
  constructor(
    readonly template: Json,
    given: Readonly<Record<string, string>> = {},
  ) {
    this.parsed = stackTemplateSchema.parse(template);
    const known = Object.entries(given).filter(([name]) => this.parsed.Parameters[name] !== undefined);
    this.stack = new ConfiguredStack(this.parsed, Object.fromEntries(known));
  }

  /** Resources of a type that the conditions leave, their properties resolved. */
  of(type: string): [id: string, properties: Json][] {
    return this.stack
      .resources()
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties]);
  }

  all(): [id: string, resource: Resource][] {
    return this.stack.resources();
  }
}

/**
 * A text as CloudFormation makes it: functions are carried out. An ARN or a name that AWS chooses is as long as one of these
 * usually is.
 */
export function textOf(value: Json): string {
  if (typeof value !== "object" || value === null) return String(value);
  const [[name = "", argument] = []] = Object.entries(value) as [string, Json][];
  if (name === "Fn::Join") {
    const [separator, parts] = argument;
    return (Array.isArray(parts) ? parts.map(textOf) : listOf(parts)).join(separator);
  }
  if (name === "Fn::GetAtt" && argument[1].endsWith("Arn"))
    return "arn:aws:service:ap-southeast-1:123456789012:".padEnd(120, "x");
  if (name === "Fn::GetAtt" || name === "Ref") return "x".repeat(60);
  if (name === "Fn::Sub") return String(argument);
  if (name === "Fn::Base64") return textOf(argument);
  throw new Error(`cannot write ${JSON.stringify(value)} as a text`);
}

function listOf(value: Json): string[] {
  if (typeof value === "string") return value.split(",");
  const [separator, text] = value["Fn::Split"];
  return textOf(text).split(separator);
}

/** JSON as it is sent: functions are carried out, a `Fn::Split` is a list. */
export function jsonOf(value: Json): string {
  const written = (it: Json): Json => {
    if (Array.isArray(it))
      return it.flatMap((one) => (one?.["Fn::Split"] === undefined ? [written(one)] : listOf(one)));
    if (typeof it !== "object" || it === null) return it;
    const [[name = ""] = []] = Object.entries(it);
    if (name === "Fn::Split") return listOf(it);
    if (name === "Ref" || name.startsWith("Fn::")) return textOf(it);
    return Object.fromEntries(Object.entries(it).map(([key, one]) => [key, written(one)]));
  };
  return JSON.stringify(written(value));
}

export const AWS = "https://docs.aws.amazon.com";

/** What AWS rejects. */
export interface Constraint {
  /** The document that says so. */
  readonly link: string;
  /** What violates it, and how: one text each. */
  readonly violations: (stack: Deployable) => readonly string[];
  /** Each changes a template so that it violates the constraint. */
  readonly violate: readonly ((template: Json) => void)[];
}

/** Violations of resources of a type. @param check what is wrong with the properties of one; undefined: nothing */
export function each(
  type: string,
  check: (properties: Json, id: string) => string | undefined,
): Constraint["violations"] {
  return (stack) =>
    stack.of(type).flatMap(([id, properties]) => {
      const problem = check(properties, id);
      return problem === undefined ? [] : [`${id}: ${problem}`];
    });
}

/** A constraint of resources of a type. @param violating properties of the first one with which it violates the constraint */
export function ofResources(
  link: string,
  type: string,
  problem: Parameters<typeof each>[1],
  violating: Json,
): Constraint {
  return { link, violations: each(type, problem), violate: [(it) => Object.assign(first(it, type), violating)] };
}

/**
 * Bounds of the numbers at these paths of the properties, such as `RedrivePolicy.maxReceiveCount`. `.length` counts characters or items,
 * and `.json` the characters of a value as it is sent. Nothing is wrong with what is not set.
 */
export function limits(
  link: string,
  type: string,
  bounds: Readonly<Record<string, readonly [min: number, max: number]>>,
): Constraint {
  const all = Object.entries(bounds);
  return {
    link,
    violations: (stack) =>
      all.flatMap(([path, [min, max]]) => each(type, (it) => outside(path, numberAt(it, path), min, max))(stack)),
    violate: all.map(
      ([path, [, max]]) =>
        (template) =>
          exceed(first(template, type), path.split("."), max),
    ),
  };
}

function numberAt(properties: Json, path: string): Json {
  return path.split(".").reduce((it, key) => (key === "json" ? jsonOf(it ?? {}).length : it?.[key]), properties);
}

function exceed(within: Json, [key = "", next, ...rest]: readonly string[], max: number): void {
  if (next === undefined) within[key] = max + 1;
  else if (next === "length" || next === "json") within[key] = "x".repeat(max + 1);
  else {
    within[key] ??= {};
    exceed(within[key], [next, ...rest], max);
  }
}

/** What is wrong with a number outside of a range; undefined: nothing, or it is not set. */
export function outside(what: string, value: Json, min: number, max: number): string | undefined {
  if (value === undefined || typeof value === "object") return undefined;
  const number = Number(value);
  return number >= min && number <= max ? undefined : `${what} is ${value}, not ${min} to ${max}`;
}

/** Properties of the first resource of a type, to change. */
export function first(template: Json, type: string): Json {
  const found = Object.values(template.Resources).find((it) => (it as Json).Type === type) as Json;
  if (found === undefined) throw new Error(`there is no ${type}`);
  return found.Properties;
}
