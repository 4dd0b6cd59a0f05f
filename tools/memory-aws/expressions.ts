// DynamoDB's condition and update expressions, as far as the product uses them: top-level attributes only.
// Grammar: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
import { isDeepStrictEqual } from "node:util";
import { AwsError } from "./aws-http.ts";

/** An attribute value on the wire: `{ S: "a" }`, `{ N: "1" }`, `{ SS: [...] }`, … */
export type Value = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Value>>;

export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, Value>> | undefined;
}

/** Whether an item fulfils a condition; an item that does not exist is `{}`. */
export function holds(expression: string | undefined, item: Item, placeholders: Placeholders): boolean {
  if (expression === undefined) return true;
  const parser = new Parser(expression, item, placeholders);
  const result = parser.or();
  parser.end();
  return result;
}

/** What an update expression makes of an item. @param touched gets the names of the attributes that it sets */
export function updated(
  expression: string,
  item: Item,
  placeholders: Placeholders,
  touched: Set<string> = new Set(),
): Item {
  const parser = new Parser(expression, item, placeholders);
  const result: Record<string, Value> = { ...item };
  while (!parser.isAtEnd) parser.clause(result, touched);
  return result;
}

/** Attribute names of a projection; undefined stands for all. */
export function project(item: Item, expression: string | undefined, placeholders: Placeholders): Item {
  if (expression === undefined) return item;
  const names = expression.split(",").map((name) => nameOf(name.trim(), placeholders));
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

const TOKEN = /\s*(<=|>=|<>|[=<>(),+-]|[:#]?[A-Za-z0-9_]+)/y;

/** Of each expression that was read: a query tries the same one on every item. */
const KNOWN = new Map<string, readonly string[]>();

function tokensOf(expression: string): readonly string[] {
  const known = KNOWN.get(expression);
  if (known !== undefined) return known;
  const tokens: string[] = [];
  const text = expression.trimEnd();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`cannot read the expression ${expression}`);
    tokens.push(token);
  }
  KNOWN.set(expression, tokens);
  return tokens;
}

class Parser {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(
    private readonly expression: string,
    private readonly item: Item,
    private readonly placeholders: Placeholders,
  ) {
    this.tokens = tokensOf(expression);
  }

  get isAtEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  end(): void {
    if (!this.isAtEnd) throw new Error(`cannot read '${this.tokens[this.at]}' in ${this.expression}`);
  }

  or(): boolean {
    let result = this.and();
    while (this.takes("OR")) {
      // Parsed in any case: what follows must be read, too.
      const right = this.and();
      result = result || right;
    }
    return result;
  }

  private and(): boolean {
    let result = this.not();
    while (this.takes("AND")) {
      const right = this.not();
      result = result && right;
    }
    return result;
  }

  private not(): boolean {
    if (this.takes("NOT")) return !this.not();
    if (this.takes("(")) {
      const result = this.or();
      this.expect(")");
      return result;
    }
    return this.comparison();
  }

  private comparison(): boolean {
    const word = this.next();
    if (word === "attribute_exists" || word === "attribute_not_exists") {
      const [name = ""] = this.argumentNames();
      return (this.item[nameOf(name, this.placeholders)] !== undefined) === (word === "attribute_exists");
    }
    if (word === "size") {
      const [name = ""] = this.argumentNames();
      const [operator, other] = [this.next(), this.next()];
      return compares(operator, sizeOf(this.item[nameOf(name, this.placeholders)]), this.operand(other));
    }
    if (word === "begins_with") {
      const [left = "", right = ""] = this.argumentNames();
      return String(this.operand(left)?.["S"] ?? "").startsWith(String(this.operand(right)?.["S"]));
    }
    const [operator, other] = [this.next(), this.next()];
    return compares(operator, this.operand(word), this.operand(other));
  }

  clause(result: Record<string, Value>, touched: Set<string>): void {
    const word = this.next();
    do {
      const name = nameOf(this.next(), this.placeholders);
      touched.add(name);
      if (word === "SET") {
        this.expect("=");
        result[name] = this.setOperand();
      } else if (word === "REMOVE") delete result[name];
      else if (word === "ADD") result[name] = sum(result[name], this.value(this.next()));
      else if (word === "DELETE") remove(result, name, this.value(this.next()));
      else throw new Error(`the clause ${word} is not supported: ${this.expression}`);
    } while (this.takes(","));
  }

  private setOperand(): Value {
    const left = this.setTerm();
    if (!this.takes("+")) return left;
    return sum(left, this.setTerm());
  }

  private setTerm(): Value {
    const word = this.next();
    if (word.startsWith(":")) return this.value(word);
    const isFunction = word === "if_not_exists";
    const [name = "", fallback = ""] = isFunction ? this.argumentNames() : [word];
    const value = this.item[nameOf(name, this.placeholders)];
    if (value !== undefined) return value;
    if (isFunction) return this.value(fallback);
    throw new AwsError("ValidationException", "The provided expression refers to an attribute that does not exist");
  }

  private argumentNames(): string[] {
    this.expect("(");
    const names = [this.next()];
    while (this.takes(",")) names.push(this.next());
    this.expect(")");
    return names;
  }

  private operand(word: string): Value | undefined {
    return word.startsWith(":") ? this.value(word) : this.item[nameOf(word, this.placeholders)];
  }

  private value(word: string): Value {
    const value = this.placeholders.ExpressionAttributeValues?.[word];
    if (value === undefined) throw new Error(`${word} has no value in ${this.expression}`);
    return value;
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new Error(`the expression ends early: ${this.expression}`);
    return token;
  }

  private takes(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private expect(token: string): void {
    const found = this.next();
    if (found !== token) throw new Error(`${token} expected, not ${found}: ${this.expression}`);
  }
}

function nameOf(word: string, { ExpressionAttributeNames: names = {} }: Placeholders): string {
  if (!word.startsWith("#")) return word;
  const name = names[word];
  if (name === undefined) throw new Error(`${word} has no name`);
  return name;
}

/** A comparison with an attribute that is absent, or of another type, does not hold. */
function compares(operator: string, left: Value | undefined, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (operator === "=") return isDeepStrictEqual(left, right);
  if (operator === "<>") return !isDeepStrictEqual(left, right);
  const [[type, a] = [], [other, b] = []] = [Object.entries(left)[0], Object.entries(right)[0]];
  if (type !== other) return false;
  const order = type === "N" ? Number(a) - Number(b) : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  if (operator === ">") return order > 0;
  if (operator === ">=") return order >= 0;
  throw new Error(`the operator ${operator} is not supported`);
}

/** How many elements a set has. */
function sizeOf(value: Value | undefined): Value | undefined {
  const elements = value?.["SS"] ?? value?.["NS"];
  return Array.isArray(elements) ? { N: String(elements.length) } : undefined;
}

/** Takes elements out of a set. An empty set is none. */
function remove(item: Record<string, Value>, name: string, by: Value): void {
  const type = "NS" in by ? "NS" : "SS";
  const gone = new Set(by[type] as string[]);
  const left = ((item[name]?.[type] ?? []) as string[]).filter((element) => !gone.has(element));
  if (left.length === 0) delete item[name];
  else item[name] = { [type]: left };
}

function sum(before: Value | undefined, by: Value): Value {
  if (before === undefined) return by;
  if ("N" in by) return { N: String(Number(before["N"]) + Number(by["N"])) };
  const type = "NS" in by ? "NS" : "SS";
  const all = [...(before[type] as string[]), ...(by[type] as string[])];
  return { [type]: [...new Set(all)].sort() };
}
