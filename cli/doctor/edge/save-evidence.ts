import { writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { errorCode, type Resolver } from "../../../domain/net/resolver.ts";
import type { AccountDistribution } from "../../../domain/request/distributions.ts";
import { CommandError } from "../../command-error.ts";
import { EXIT } from "../../exit-codes.ts";
import { mention, type Shell } from "../../shell.ts";
import { confirm } from "../../watch/question.ts";
import type { DoctorOptions } from "../check/options.ts";
import type { EdgePlace } from "../check/place.ts";
import { EVIDENCE_LIMITS, type Evidence, evidenceText } from "./evidence.ts";
import { labelOf } from "./lookup.ts";
import { type ObservedEdge, observedEdge } from "./observed-edge.ts";
import { EVIDENCE_POPS, takeEvidence } from "./take-evidence.ts";

export interface SaveEvidenceDeps {
  readonly edge: EdgePlace;
  readonly dns: Resolver;
  readonly isAws: boolean;
  /** The account's distributions, where there are credentials. */
  readonly listFor: (hosts: readonly string[]) => Promise<AccountDistribution[]>;
  readonly save: NonNullable<DoctorOptions["save"]>;
  readonly pops: readonly string[];
  readonly yes: boolean | undefined;
}

/** Takes evidence, shows it, and writes it to a file. @throws CommandError where no distribution is found, or the file cannot be written */
export async function saveEvidence(shell: Shell, deps: SaveEvidenceDeps): Promise<number> {
  const { file, objects, cfDomain } = deps.save;
  const pops = deps.pops.length > 0 ? deps.pops : EVIDENCE_POPS;
  const { requests, bytes } = EVIDENCE_LIMITS;
  mention(
    shell,
    `This sends at most ${requests} requests to ${pops.join(", ")} and downloads at most ${bytes / 1_000_000} MB, in about a minute.`,
  );
  const distribution = cfDomain ?? objects[0].hostname;
  const label = await distributionLabel(distribution, deps);
  const { edge, dns, isAws: isCloudFront } = deps;
  const evidence = await takeEvidence({ objects, distribution, label, pops, edge, dns, isCloudFront });
  const text = evidenceText(evidence);
  shell.stdout.write(text);
  mention(shell, summaryOf(evidence));
  const isAsked = shell.stdin.isTTY === true && deps.yes !== true;
  if (isAsked && !(await confirm(shell, `Write this to ${file}?`))) {
    mention(shell, "Nothing was written.");
    return EXIT.good;
  }
  await writeFile(isAbsolute(file) ? file : join(shell.cwd, file), text).catch((cause: unknown) => {
    throw new CommandError(`${file} cannot be written (${errorCode(cause)})`, "Use another file.", { cause });
  });
  mention(shell, `Written to ${file}. Next steps: docs/operations.md#evidence-of-the-edge`);
  return EXIT.good;
}

/** By the name itself or its CNAME; else by the account's list, which takes credentials. */
async function distributionLabel(
  name: string,
  { listFor, dns }: Pick<SaveEvidenceDeps, "listFor" | "dns">,
): Promise<string> {
  try {
    return await labelOf(name, { listFor: async () => [], dns });
  } catch (cause) {
    return labelOf(name, { listFor, dns }).catch((error: unknown) => {
      const next = "Name the distribution's own domain: --cf-domain d111111abcdef8.cloudfront.net";
      throw new CommandError(error instanceof Error ? error.message : String(error), next, { cause });
    });
  }
}

/** In a few lines, for who reads no JSON. */
function summaryOf(evidence: Evidence): string {
  const { sent, cut_by: cutBy } = evidence;
  const observed = observedEdge(evidence);
  const cut = cutBy === undefined ? "" : `; stopped at the limit of ${cutBy}`;
  const sentence = `${sent.requests} requests, ${sent.bytes} bytes${cut}.`;
  return [sentence, ...linesOf(observed).map((line) => `  ${line}`)].join("\n");
}

/** What is observed of an object, by the name of its field. */
const TRAITS: Readonly<Record<Exclude<keyof ObservedEdge["objects"][number], "extension">, string>> = {
  serverTiming: "Server-Timing without Pragma (%)",
  age: "Age of hits",
  originAge: "Age from the origin (s)",
  keptAt: "cached at",
  rec: "regional edge cache",
  collapsing: "request collapsing",
  heads: "HEAD of an uncached object",
  ranges: "range of an uncached object",
};

function linesOf({ labels, pops, objects, errors }: ObservedEdge): string[] {
  const lines = [`labels that resolve to POPs: ${labels ?? "unknown"}`];
  for (const { pop, addresses, isOpen, answeredBy = "an unnamed POP", caches, recOf } of pops) {
    const rec = recOf === undefined || recOf === pop ? "" : `, the REC of ${recOf}`;
    const who = isOpen ? `response from ${answeredBy}, addresses share a cache: ${yesNo(caches)}${rec}` : "no response";
    lines.push(`${pop}: addresses: ${addresses}, ${who}`);
  }
  objects.forEach(({ extension: _, ...traits }, index) => {
    const known = Object.entries(traits).map(
      ([name, value]) => `${TRAITS[name as keyof typeof TRAITS]}: ${value ?? "unknown"}`,
    );
    lines.push(`object ${index + 1}: ${known.join(", ")}`);
  });
  if (errors !== undefined)
    lines.push(
      errors.lessThan === undefined
        ? `errors are cached for at least ${errors.atLeast} s`
        : `errors are cached for ${errors.atLeast} to ${errors.lessThan} s`,
    );
  return lines;
}

function yesNo(caches: "shared" | "own" | undefined): string {
  if (caches === undefined) return "unknown";
  return caches === "shared" ? "yes" : "no";
}
