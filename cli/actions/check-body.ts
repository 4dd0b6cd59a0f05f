// Checks of a body that the command makes before it sends it.
import * as z from "zod";
import { DnsLookupError } from "../../domain/net/resolver.ts";
import { asciiHost, parseUrl } from "../../domain/net/urls.ts";
import { firstOf } from "../../domain/validation/api-error.ts";
import { Dns } from "../../probe/dns.ts";
import type { Body } from "../body/body.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import { mention, type Shell } from "../shell.ts";

const hostsSchema = z.object({
  url_list: z.array(z.string()).catch([]),
  sources: z.array(z.object({ url: z.string().optional(), base: z.string().optional() }).catch({})).catch([]),
  cf_domain: z.string().optional().catch(undefined),
});

/** The different hosts that a body names; what is no URL is left to the API. */
function hostsIn(body: Body): string[] {
  const { url_list, sources, cf_domain } = hostsSchema.parse(body);
  const urls = [...url_list, ...sources.flatMap(({ url, base }) => [url, base])];
  const named = urls.map((url) => (url === undefined ? undefined : parseUrl(url)?.hostname));
  const hosts = [cf_domain === undefined ? undefined : asciiHost(cf_domain), ...named];
  return [...new Set(hosts.flatMap((host) => host || []))];
}

/** How many hosts are looked up in a local run's DNS. */
const MAX_HOSTS = 20;

/** Recommends a direct run for hosts that the edge of a local run does not serve: it serves its own site only. */
export async function mentionUnservedHosts(
  shell: Pick<Shell, "stderr" | "asCalled">,
  { localRun }: Pick<Endpoint, "localRun">,
  body: Body,
): Promise<void> {
  if (localRun?.edge === undefined) return;
  const dns = new Dns({ servers: [`127.0.0.1:${localRun.edge.dnsPort}`], allowPrivateAddresses: true });
  const isUnserved = (host: string) =>
    dns.addresses(host).then(
      () => false,
      (error: unknown) => error instanceof DnsLookupError && error.reason === "name_not_found",
    );
  const hosts = hostsIn(body).slice(0, MAX_HOSTS);
  const answers = await Promise.all(hosts.map(isUnserved));
  const unserved = hosts.filter((_, i) => answers[i]);
  if (unserved.length > 0)
    mention(
      shell,
      `! The local run does not serve ${firstOf(unserved)}. To warm CloudFront from this machine, use --direct.`,
    );
}
