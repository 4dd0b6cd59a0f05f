import { EDGE_PRICE } from "../../domain/cost/prices.ts";
import { table } from "../markdown-table.ts";
import type { StackTemplate } from "../stack-template.ts";
import { type IdleCost, idleCost } from "./idle-cost.ts";
import { CONFIGURATION } from "./idle-rules.ts";
import { MILLION, millionTasks } from "./million-tasks.ts";
import { priceOf } from "./price-table.ts";

/** Names of the values of the parameter `monitoring` that a template has, the default first. */
export function monitoringModes(template: StackTemplate): readonly string[] {
  const { Default = "", AllowedValues = [] } = template.Parameters["monitoring"] ?? {};
  return [...new Set([Default, ...AllowedValues].map(String))];
}

/** What an idle month costs with each value of `monitoring`, the default first. */
export function idleByMode(template: StackTemplate): readonly (readonly [mode: string, cost: IdleCost])[] {
  return monitoringModes(template).map((monitoring) => [monitoring, idleCost(template, { monitoring })] as const);
}

/** A line for each thing that is billed, with the dollars of each value of `monitoring`. */
export function idleTable(template: StackTemplate): string {
  const modes = idleByMode(template);
  const keys = new Map(
    modes.flatMap(([, { lines }]) => lines.map((line) => [`${line.type} ${line.what}`, line] as const)),
  );
  const of = ({ lines }: IdleCost, key: string) => lines.find(({ type, what }) => `${type} ${what}` === key);
  return table(
    [
      "resource type",
      "what is billed",
      "price",
      ...modes.map(([mode], i) => `\`${mode}\`${i === 0 ? ", default" : ""}`),
    ],
    [
      ...[...keys].map(([key, { type, what, quantity, price }]) => [
        code(type),
        `${quantities(modes.map(([mode, cost]) => [mode, of(cost, key)?.quantity ?? 0])) ?? readable(quantity)} × ${what}`,
        priceOf(price),
        ...modes.map(([, cost]) => cents(of(cost, key)?.dollars ?? 0)),
      ]),
      ["all", "", "", ...modes.map(([, { dollars }]) => `**${cents(dollars)}**`)],
    ],
  );
}

/** What costs nothing while the stack is idle, by reason. Configuration, such as roles and routes, is left out. */
export function freeTable(template: StackTemplate): string {
  const types = new Map<string, Set<string>>();
  const billedByUse = idleCost(template).free.filter(({ why }) => why !== CONFIGURATION.free);
  for (const { type, why } of billedByUse) types.set(why, (types.get(why) ?? new Set()).add(code(type)));
  return table(
    ["free while idle", "why"],
    [...types].map(([why, of]) => [[...of].join(", "), `${why.charAt(0).toUpperCase()}${why.slice(1)}`]),
  );
}

/** The lines of `dry_run` for a million tasks of 10 KB. */
export function millionTable(template: StackTemplate): string {
  const { dollars } = millionTasks(template);
  return table(
    ["line of the estimate", "dollars", "of"],
    [
      ...dollars.lines.map((line) => [code(line.line), cents(line.dollars), line.of]),
      ["all", `**${cents(dollars.total)}**`, `${MILLION.urls.toLocaleString("en-US")} URLs at ${MILLION.pops} POPs`],
    ],
  );
}

/** The figures that README, operations and `npm run cost` state. Dollars are text with two digits. */
export function figures(template: StackTemplate) {
  const totals = [...Object.keys(EDGE_PRICE)].flatMap((name) =>
    isRegion(name) ? [millionTasks(template, name).dollars.total] : [],
  );
  const [[, usual] = [], ...others] = idleByMode(template);
  const { lines, total } = millionTasks(template).dollars;
  const edge = lines.filter(({ line }) => line.startsWith("cloudfront_"));
  return {
    idle: cents(usual?.dollars ?? 0),
    others: others.map(([mode, cost]) => ({ mode, idle: cents(cost.dollars) })),
    million: cents(total),
    millionAtTheEdge: cents(edge.reduce((sum, { dollars }) => sum + dollars, 0)),
    millionAtMost: cents(Math.max(...totals)),
  };
}

function isRegion(name: string): name is keyof typeof EDGE_PRICE {
  return Object.hasOwn(EDGE_PRICE, name);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Two digits; three of what is less than a cent. */
export function cents(dollars: number): string {
  return dollars === 0 || dollars >= 0.01 ? dollars.toFixed(2) : dollars.toFixed(4);
}

const readable = (quantity: number) => quantity.toLocaleString("en-US", { maximumSignificantDigits: 7 });

/** The quantity of each value of `monitoring` that has some, if they differ: `6 (on), 22 (full)`. */
function quantities(ofModes: readonly (readonly [mode: string, quantity: number])[]): string | undefined {
  const some = ofModes.filter(([, quantity]) => quantity > 0);
  if (new Set(some.map(([, quantity]) => quantity)).size < 2) return undefined;
  return some.map(([mode, quantity]) => `${readable(quantity)} (\`${mode}\`)`).join(", ");
}
