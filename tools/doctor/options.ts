import { parseArgs } from "node:util";
import { parseUrl } from "../../domain/net/urls.ts";
import { PHASES, type Phase } from "./check.ts";

export const USAGE = `npm run doctor -- [what] [options]

Looks at an account, a deployed stack, and the edge. Changes nothing, unless --smoke is given.

What (several may be given; none: the deployed stack)
  --before       whether the account is ready for a deployment
  --deployed     whether the stack works
  --edge         what the POPs are and how they share what they have; needs --url
  --smoke        warms one URL at two POPs with one instance, which costs money; needs --url and --pops

Options
  --stack NAME   default: PrewarmStack
  --region NAME  default: as for the AWS command line
  --profile NAME
  --local        ask what \`npm start\` runs on this machine, instead of AWS
  --vpc ID       with --before: look at a VPC that there is; with --subnets ID,ID --sg ID and, if wanted, --vpce ID
  --url URL      an object of the distribution, public and cacheable
  --pops A,B     POPs; default with --edge: all that the catalogue knows
  --file PATH    where --edge writes its evidence; default: prewarm-edge.json
  --yes          ask nothing before --smoke
  --json         one JSON document instead of lines
  --help

Exit code: 0 nothing failed, 1 something failed, 2 these words make no sense.`;

/** Words on the command line that make no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface ExistingNetwork {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly sg: string;
  readonly vpce: string | undefined;
}

export interface DoctorOptions {
  readonly phases: readonly Phase[];
  readonly stack: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly local: boolean;
  /** Only with `before`. */
  readonly network: ExistingNetwork | undefined;
  readonly url: URL | undefined;
  /** Upper case; empty: none were named. */
  readonly pops: readonly string[];
  readonly file: string;
  readonly yes: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** `SIN2-P1`; China's end in E and a number. */
const POP = /^[A-Z]{3}\d+-[CPE]\d+$/;

/** Reads the command line. @throws UsageError that says which word is wrong and what would be right */
export function parseOptions(args: readonly string[]): DoctorOptions {
  const given = parse(args);
  const asked = PHASES.filter((phase) => given[phase]);
  const phases: readonly Phase[] = asked.length === 0 ? ["deployed"] : asked;
  const url = given.url === undefined ? undefined : toUrl(given.url);
  const pops = list(given.pops).map((pop) => pop.toUpperCase());
  const options = {
    phases,
    url,
    pops,
    network: networkOf(given),
    stack: given.stack,
    region: given.region,
    profile: given.profile,
    local: given.local,
    file: given.file,
    yes: given.yes,
    json: given.json,
    help: given.help,
  };
  if (!options.help) check(options);
  return options;
}

function check({ phases, url, pops, network, local, profile }: DoctorOptions): void {
  const wrong = pops.find((pop) => !POP.test(pop));
  if (wrong !== undefined) throw wrongWord(`'${wrong}' in --pops is no POP; a POP looks like SIN2-P1`);
  for (const phase of ["edge", "smoke"] as const) {
    if (phases.includes(phase) && url === undefined) throw wrongWord(`--${phase} needs --url, an object to ask for`);
  }
  if (phases.includes("smoke") && new Set(pops).size !== 2) throw wrongWord("--smoke needs --pops with two POPs: A,B");
  if (network !== undefined && !phases.includes("before")) throw wrongWord("--vpc is looked at with --before alone");
  if (local && profile !== undefined) throw wrongWord("--local asks this machine, which knows no --profile");
}

function networkOf({ vpc, subnets, sg, vpce }: ReturnType<typeof parse>): ExistingNetwork | undefined {
  if (vpc === undefined && subnets === undefined && sg === undefined && vpce === undefined) return undefined;
  if (vpc === undefined || subnets === undefined || sg === undefined)
    throw wrongWord("A VPC that there is needs all of --vpc, --subnets and --sg");
  return {
    vpc: id("--vpc", "vpc", vpc),
    subnets: list(subnets).map((subnet) => id("--subnets", "subnet", subnet)),
    sg: id("--sg", "sg", sg),
    vpce: vpce === undefined ? undefined : id("--vpce", "vpce", vpce),
  };
}

function id(option: string, prefix: string, text: string): string {
  if (new RegExp(`^${prefix}-[0-9a-f]+$`).test(text)) return text;
  throw wrongWord(`'${text}' in ${option} is no id; it looks like ${prefix}-0123456789abcdef0`);
}

function toUrl(text: string): URL {
  const url = parseUrl(text);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw wrongWord(`'${text}' is no URL; --url looks like https://www.example.com/index.html`);
}

function list(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function parse(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        before: flag,
        deployed: flag,
        edge: flag,
        smoke: flag,
        stack: text,
        region: text,
        profile: text,
        local: flag,
        vpc: text,
        subnets: text,
        sg: text,
        vpce: text,
        url: text,
        pops: text,
        file: { type: "string", default: "prewarm-edge.json" },
        yes: flag,
        json: flag,
        help: { ...flag, short: "h" },
      },
    }).values;
  } catch (error) {
    // What follows the first sentence is advice on Node's own conventions.
    throw wrongWord(String(error instanceof Error ? error.message : error).split(/\.\s/, 1)[0] ?? "");
  }
}

function wrongWord(what: string): UsageError {
  return new UsageError(`${what}. All words: npm run doctor -- --help`);
}
