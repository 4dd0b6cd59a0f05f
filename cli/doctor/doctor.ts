// `prewarm doctor`: docs/operations.md#the-doctor. The build makes a bundle of its own of it, because the clients of a dozen AWS services are large.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { DistributionSettingsReader } from "../../aws/distribution-settings.ts";
import { Distributions } from "../../aws/distributions.ts";
import { DEFAULT_INSTANCE_TYPES } from "../../domain/limits.ts";
import { errorCode } from "../../domain/net/resolver.ts";
import type { SettingsSource } from "../../domain/request/settings-check.ts";
import { Client } from "../api/client.ts";
import { CommandError } from "../command-error.ts";
import { stackEndpoint } from "../endpoint/stack-outputs.ts";
import { EXIT } from "../exit-codes.ts";
import { explain } from "../explain.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";
import { accountChecks } from "./account/checks.ts";
import { AccountReader } from "./account/read-account.ts";
import { required } from "./check/aws-errors.ts";
import { type Check, hasFailed, once, runChecks } from "./check/check.ts";
import { type DoctorOptions, type DoctorWords, type EvidenceOptions, optionsOf } from "./check/options.ts";
import { type AwsClients, awsClients, edgeOf, type Place, placeOf } from "./check/place.ts";
import { apiChecks } from "./deployed/api.ts";
import { stackChecks } from "./deployed/checks.ts";
import { StackReader } from "./deployed/read-stack.ts";
import { answersOf } from "./edge/answers.ts";
import { edgeChecks } from "./edge/checks.ts";
import { CANDIDATES, MAX_REQUESTS, takeEvidence } from "./edge/experiments.ts";
import { labelOf, lookupByTask, lookupHere } from "./edge/lookup.ts";
import { linesToText } from "./edge/record.ts";
import { printer } from "./print.ts";

/** Checks an account, a deployment and the edge. Changes nothing. Returns the exit code. */
export async function doctor(shell: Shell, words: DoctorWords): Promise<number> {
  try {
    const options = optionsOf(words);
    const place = await placeOf(shell, options, words);
    if (options.save === undefined) return await examine(shell, options, place, words);
    return await saveEvidence(shell, options.save, options, place, words);
  } catch (error) {
    // The classes of errors in this bundle are not those of the command's other files.
    shell.stderr.write(explain(error, shell));
    return EXIT.fault;
  }
}

/** Records what the edge responds, prints an answer for each question, and writes the file. @throws CommandError */
async function saveEvidence(
  shell: Shell,
  { file, urls, cfDomain }: EvidenceOptions,
  { pops }: DoctorOptions,
  place: Place,
  { json }: DoctorWords,
): Promise<number> {
  const { place: edge, dns } = edgeOf(place, shell.env);
  mention(shell, `Sending at most ${MAX_REQUESTS} requests at three POPs, in about a minute.`);
  const listFor = listerOf(awsClients(place.aws));
  const host = cfDomain ?? urls[0].hostname;
  // The DNS comes first: it needs no credentials.
  const label = await labelOf(host, { listFor: async () => [], dns })
    .catch(() => labelOf(host, { listFor, dns }))
    .catch((cause: unknown) => {
      const next = "Name the distribution's own domain: --cf-domain d111111abcdef8.cloudfront.net";
      throw new CommandError(cause instanceof Error ? cause.message : String(cause), next, { cause });
    });
  const candidates = pops.length > 0 ? pops : CANDIDATES;
  const lookup = lookupHere(dns);
  const lines = await takeEvidence({ urls, label, pops: candidates, edge, lookup, isCloudFront: place.isAws });
  await writeFile(resolve(shell.cwd, file), linesToText(lines)).catch((cause: unknown) => {
    throw new CommandError(`${file} cannot be written (${errorCode(cause)})`, "Use another file.", { cause });
  });
  const answers = answersOf(lines);
  if (json === true) sayJson(shell, { answers });
  else for (const { isAnswered, says } of answers) say(shell, `${isAnswered ? "" : "not answered: "}${says}`);
  mention(shell, `Written to ${file}, with hosts and paths. Next steps: docs/operations.md#evidence-of-the-edge`);
  return EXIT.good;
}

async function examine(shell: Shell, options: DoctorOptions, place: Place, words: DoctorWords): Promise<number> {
  const clients = awsClients(place.aws);
  const print = printer(shell, words.json);
  const checks = checksOf({ options, place, clients, env: shell.env });
  const head = await headOf(place, clients);
  print.head(head);
  const findings = await runChecks(checks, { isAws: place.isAws, onFinding: print.finding });
  print.end(findings);
  if (place.stack === undefined && words.json !== true)
    mention(shell, "To check the stack of this API too: --stack NAME");
  return hasFailed(findings) ? EXIT.fault : EXIT.good;
}

/** The distributions of the account, with the tenants that hosts lead to. */
function listerOf({ cloudFront }: Pick<AwsClients, "cloudFront">) {
  const distributions = new Distributions(cloudFront);
  return (hosts: readonly string[]) => distributions.listFor(hosts);
}

/** What is asked, in words. @throws CommandError where no region is known */
async function headOf({ stack, api, isAws, aws }: Place, { ec2 }: AwsClients): Promise<string> {
  if (stack === undefined) return api?.url ?? "";
  const region = await ec2.config.region().catch((cause: unknown) => {
    throw new CommandError(
      "No AWS Region is configured",
      "Name the Region with --aws-region, such as us-east-1, or set AWS_REGION.",
      { cause },
    );
  });
  return `${stack} in ${region}${isAws ? "" : ` at ${aws.endpoint}, which is an emulator, not AWS`}`;
}

/** Checks with all that they need. */
export interface ChecksOptions {
  readonly options: DoctorOptions;
  readonly place: Place;
  readonly clients: AwsClients;
  readonly env: Shell["env"];
}

/** Every check of the phases that are asked for, in the order in which they make sense. */
export function checksOf({ options, place, clients, env }: ChecksOptions): Check[] {
  const { phases, url, pops, network } = options;
  const stack = new StackReader(clients, place.stack ?? "");
  const api = once(async () => {
    if (place.api !== undefined) return new Client(place.api);
    const { outputs } = await stack.state();
    const at = { stack: stack.stackName, profile: undefined, region: undefined };
    return new Client(await stackEndpoint(at, { outputs: async () => outputs, keyValue: (id) => stack.apiKey(id) }));
  });
  const checks: Check[] = [];
  if (phases.includes("before")) {
    checks.push(...accountChecks({ account: new AccountReader(clients), types: DEFAULT_INSTANCE_TYPES, network }));
  }
  if (phases.length === 0 || phases.includes("deployed")) {
    // An address that was given is one to reach. That of a stack may be private.
    checks.push(...apiChecks({ api, mustAnswer: place.api !== undefined }));
    if (place.stack !== undefined) checks.push(...stackChecks(stack, new AccountReader(clients)));
  }
  if (url === undefined || !phases.includes("edge")) return checks;
  const { place: edge, dns } = edgeOf(place, env);
  const task = async () => {
    const [found] = await stack.named("AWS::Lambda::Function", "PrewarmPipelineTask");
    return required(found, "function Task in the stack").physicalId;
  };
  const lookup = lookupByTask(clients.lambda, task, lookupHere(dns));
  const listFor = listerOf(clients);
  const label = once(() => labelOf(url.hostname, { listFor, dns }));
  const reader = new DistributionSettingsReader({ cloudFront: clients.cloudFront, waf: clients.waf, now: Date.now });
  const source: SettingsSource = { listFor, settings: (query) => reader.read(query) };
  return [...checks, ...edgeChecks({ url, pops, edge, lookup, label, source })];
}
