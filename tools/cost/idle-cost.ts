import { ConfiguredStack, type Parameters, type Resource, type StackTemplate } from "../stack-template.ts";
import { type Charge, type Charges, IDLE_RULES, UnpricedError } from "./idle-rules.ts";

/** One line of an idle stack's bill. */
export interface IdleLine extends Charge {
  /** CloudFormation type of what is billed. */
  readonly type: string;
  /** How many resources of it. */
  readonly count: number;
  /** A month. */
  readonly dollars: number;
}

/** Resources that cost nothing while the stack is idle. */
export interface FreeType {
  readonly type: string;
  readonly count: number;
  readonly why: string;
}

/** What a stack costs in a month without a request, at list prices and without any free tier. */
export interface IdleCost {
  readonly dollars: number;
  readonly lines: readonly IdleLine[];
  readonly free: readonly FreeType[];
}

/**
 * @param parameters those of the stack that differ from their defaults
 * @throws UnpricedError if the template has a resource whose price is not known
 */
export function idleCost(template: StackTemplate, parameters: Parameters = {}): IdleCost {
  const stack = new ConfiguredStack(template, parameters);
  const lines = new Map<string, IdleLine>();
  const free = new Map<string, FreeType>();
  for (const [, resource] of stack.resources()) {
    const charges = chargesOf(resource, stack);
    if ("free" in charges) addFree(free, resource.Type, charges.free);
    else for (const charge of charges) addLine(lines, resource.Type, charge);
  }
  const all = [...lines.values()];
  return {
    dollars: all.reduce((sum, { dollars }) => sum + dollars, 0),
    lines: all,
    free: [...free.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1)),
  };
}

function chargesOf(resource: Resource, stack: ConfiguredStack): Charges {
  const rule = Object.hasOwn(IDLE_RULES, resource.Type) ? IDLE_RULES[resource.Type] : undefined;
  if (rule === undefined) throw new UnpricedError(`The resource type ${resource.Type}`);
  return typeof rule === "function" ? rule(resource, stack) : rule;
}

function addFree(free: Map<string, FreeType>, type: string, why: string): void {
  const key = `${type} ${why}`;
  free.set(key, { type, why, count: (free.get(key)?.count ?? 0) + 1 });
}

/** Equal charges of several resources are one line. */
function addLine(lines: Map<string, IdleLine>, type: string, { what, quantity, price }: Charge): void {
  const key = `${type} ${what}`;
  const before = lines.get(key);
  const sum = (before?.quantity ?? 0) + quantity;
  lines.set(key, { type, what, price, quantity: sum, count: (before?.count ?? 0) + 1, dollars: sum * price.dollars });
}
