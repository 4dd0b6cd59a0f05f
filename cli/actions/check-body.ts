// Checks of a body that the command makes before it sends it.
import * as z from "zod";
import { byDistance } from "../../domain/nearest-name.ts";
import { asciiHost, parseUrl } from "../../domain/net/urls.ts";
import { type ResolvedPop, resolvePops } from "../../domain/plan/resolve-targets.ts";
import { POP_CODE } from "../../domain/pops/pop-codes.ts";
import { knownNames, selectPops, suggestPops } from "../../domain/pops/select.ts";
import { findDistributions } from "../../domain/request/find-distributions.ts";
import { Dns } from "../../probe/dns.ts";
import type { Client } from "../api/client.ts";
import type { Body } from "../body/body.ts";
import { CommandError } from "../command-error.ts";
import type { DirectClient, PopNames } from "../direct/direct-client.ts";
import { mention, type Shell } from "../shell.ts";

const texts = z.array(z.string()).catch([]);
const bodySchema = z.object({
  url_list: texts,
  sources: z.array(z.object({ url: z.string().optional(), base: z.string().optional() }).catch({})).catch([]),
  cf_domain: z.string().optional().catch(undefined),
  target_type: z.string().nullish().catch(undefined),
  pops: texts,
});

/** How many hosts are looked up. */
const MAX_HOSTS = 20;

/** The domain of a distribution and the first hosts of URLs that a body names; what is no URL is left to the API. */
function namesIn(body: Body): { readonly cfDomain: string | undefined; readonly hosts: readonly string[] } {
  const { url_list, sources, cf_domain } = bodySchema.parse(body);
  const urls = [...url_list, ...sources.flatMap(({ url = [], base = [] }) => [url, base].flat())];
  const hosts = [...new Set(urls.flatMap((url) => parseUrl(url)?.hostname || []))];
  return { cfDomain: asciiHost(cf_domain ?? ""), hosts: hosts.slice(0, MAX_HOSTS) };
}

/** The DNS that a deployment asks, as far as this machine has it: that of a local run, or the system's. */
function dnsOf({ endpoint: { localRun } }: Client): Dns {
  const servers = localRun?.edge === undefined ? [] : [`127.0.0.1:${localRun.edge.dnsPort}`];
  return new Dns({ servers, allowPrivateAddresses: true });
}

/** As this machine's DNS says; a deployment may know more. */
async function popNamesOf(client: Client | DirectClient, body: Body): Promise<PopNames> {
  const { cfDomain, hosts } = namesIn(body);
  if (client.kind === "direct") return client.popNames(cfDomain, hosts);
  const dns = dnsOf(client);
  const found = await findDistributions(cfDomain, hosts, { distributions: { listFor: async () => [] }, dns }).catch(
    () => ({ distributions: [] }),
  );
  return { labels: [...new Set(found.distributions.map(({ label }) => label))], dns };
}

/**
 * Looks up the POPs of a body that are not in the catalogue.
 * @throws CommandError if one of them has no DNS name
 */
export async function checkNamedPops(shell: Shell, client: Client | DirectClient, body: Body): Promise<void> {
  const { target_type: type, pops } = bodySchema.parse(body);
  const codes = [...new Set(pops.map((pop) => pop.trim().toUpperCase()))].filter((code) => POP_CODE.test(code));
  const catalogue = new Set(knownNames("pop"));
  if ((type ?? "pop") !== "pop" || codes.every((code) => catalogue.has(code))) return;
  // A deployment and a discovery know other codes.
  for (const { code } of (await client.pops()).value.pops) catalogue.add(code);
  const unknown = codes.filter((code) => !catalogue.has(code));
  if (unknown.length === 0) return;
  const named = codes.filter((code) => catalogue.has(code));
  const missingError = await lookUp(unknown, named, await popNamesOf(client, body));
  const described = unknown.map((code) => ({ text: `POP ${code} is not in the catalogue (${nearest(code)})`, code }));
  const missing = described.flatMap(({ text, code }) => {
    const error = missingError(code);
    return error === undefined ? [] : [`${text}, and ${error}`];
  });
  if (missing.length > 0)
    throw new CommandError(
      missing.join("\n"),
      (command) => `Nothing was started. Correct the codes: \`${command("pops")}\` lists those of the catalogue.`,
    );
  for (const { text } of described) mention(shell, `! ${text}.`);
}

/** Known POPs that are looked up with others: a label or a resolver that has none of them says nothing about the others. */
const MAX_CONTROLS = 3;

/** @returns the error of a code that has no DNS name under any label; undefined: it has one, or nobody knows */
async function lookUp(
  unknown: readonly string[],
  known: readonly string[],
  { labels, dns }: PopNames,
): Promise<(code: string) => string | undefined> {
  const controls = [...known.slice(0, MAX_CONTROLS), ...selectPops("region", []).pops.slice(0, MAX_CONTROLS)];
  const names = labels.flatMap((label) => [...controls, ...unknown].map((pop) => ({ pop, label })));
  const answers = await resolvePops(dns, names);
  const of = (code: string): ResolvedPop[] => answers.filter(({ pop }) => pop === code);
  const isUseful = controls.some((code) => of(code).some(({ error }) => error === undefined));
  return (code) =>
    isUseful && of(code).every(({ reason }) => reason === "name_not_found") ? of(code)[0]?.error : undefined;
}

const MAX_NEAREST = 3;

/** `nearest known: SIN2-P1, SIN2-P2`: those at the same site, else those that are spelt alike. */
function nearest(code: string): string {
  const atSite = suggestPops(code);
  const alike = () => byDistance(code, knownNames("pop")).map(({ it }) => it);
  return `nearest known: ${(atSite.length > 0 ? atSite : alike()).slice(0, MAX_NEAREST).join(", ")}`;
}
