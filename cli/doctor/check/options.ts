import { asciiHost, parseUrl } from "../../../domain/net/urls.ts";
import { selectPops } from "../../../domain/pops/select.ts";
import type { PlaceWords } from "../../body/place-words.ts";
import { CommandError } from "../../command-error.ts";
import { PHASES, type Phase } from "./check.ts";

/** The options of `prewarm doctor`, as they are typed. */
export interface DoctorWords extends PlaceWords, Partial<Readonly<Record<Phase, boolean>>> {
  readonly vpc?: string;
  readonly subnets?: string;
  readonly sg?: string;
  readonly vpce?: string;
  readonly url?: readonly string[];
  readonly pops?: string;
  readonly save?: string;
  readonly cfDomain?: string;
}

export interface ExistingNetwork {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly sg: string;
  readonly vpce: string | undefined;
}

export interface DoctorOptions {
  /** Empty: none is named, and whatever can be reached is checked. */
  readonly phases: readonly Phase[];
  /** Only with `before`. */
  readonly network: ExistingNetwork | undefined;
  readonly url: URL | undefined;
  /** Upper case; empty: none were named. */
  readonly pops: readonly string[];
  /** Evidence of the edge is taken instead of checks. */
  readonly save?: EvidenceOptions;
}

export interface EvidenceOptions {
  readonly file: string;
  readonly urls: readonly [URL, ...URL[]];
  /** The distribution's domain, or a name that leads to it. @default the host of the first URL */
  readonly cfDomain: string | undefined;
}

/** Checks the options. @throws CommandError that says which one is wrong and what would be right */
export function optionsOf(words: DoctorWords): DoctorOptions {
  const phases = PHASES.filter((phase) => words[phase] === true);
  const urls = (words.url ?? []).map(toUrl);
  const [url] = urls;
  const { pops, unknown } = words.pops === undefined ? { pops: [], unknown: [] } : selectPops("pop", list(words.pops));
  const network = networkOf(words);
  if (unknown[0] !== undefined) throw wrong(`--pops: '${unknown[0]}' is not a POP code, such as SIN2-P1`);
  const save = evidenceOptions(words, urls, phases);
  if (phases.includes("edge") && url === undefined)
    throw wrong("--edge needs --url with an object of the distribution");
  if (network !== undefined && !phases.includes("before")) throw wrong("--vpc applies only with --before");
  if (words.local === true && words.profile !== undefined)
    throw wrong("--profile does not apply to --local, because the API on this machine uses no AWS profile");
  return { phases, url, pops, network, ...(save === undefined ? {} : { save }) };
}

/** Objects that the bound of requests has room for. */
export const MAX_URLS = 6;

function evidenceOptions(
  { save, cfDomain }: DoctorWords,
  urls: readonly URL[],
  phases: readonly Phase[],
): EvidenceOptions | undefined {
  if (save === undefined) {
    if (urls.length > 1) throw wrong("--url takes several URLs only with --edge --save");
    if (cfDomain !== undefined) throw wrong("--cf-domain applies only with --edge --save");
    return undefined;
  }
  if (phases.join() !== "edge") throw wrong("--save needs --edge, without any other phase");
  const domain = cfDomain === undefined ? undefined : asciiHost(cfDomain);
  if (cfDomain !== undefined && domain === undefined)
    throw wrong(`--cf-domain: '${cfDomain}' is not a domain name, such as d111111abcdef8.cloudfront.net`);
  if (urls.length > MAX_URLS) throw wrong(`--save takes at most ${MAX_URLS} URLs; got ${urls.length}`);
  const [first, ...others] = urls;
  return first === undefined ? undefined : { file: save, urls: [first, ...others], cfDomain: domain };
}

function networkOf({ vpc, subnets, sg, vpce }: DoctorWords): ExistingNetwork | undefined {
  if (vpc === undefined && subnets === undefined && sg === undefined && vpce === undefined) return undefined;
  if (vpc === undefined || subnets === undefined || sg === undefined)
    throw wrong("To check an existing VPC, use --vpc, --subnets and --sg together");
  return {
    vpc: id("--vpc", "vpc", vpc),
    subnets: list(subnets).map((subnet) => id("--subnets", "subnet", subnet)),
    sg: id("--sg", "sg", sg),
    vpce: vpce === undefined ? undefined : id("--vpce", "vpce", vpce),
  };
}

function id(option: string, prefix: string, text: string): string {
  if (new RegExp(`^${prefix}-[0-9a-f]+$`).test(text)) return text;
  throw wrong(`${option}: '${text}' is not an ID, such as ${prefix}-0123456789abcdef0`);
}

function toUrl(text: string): URL {
  const url = parseUrl(text);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw wrong(`--url: '${text}' is not an absolute URL, such as https://www.example.com/index.html`);
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function wrong(what: string): CommandError {
  return new CommandError(what, (command) => `Run '${command("doctor", "--help")}' for usage.`);
}
