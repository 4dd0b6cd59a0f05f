import { readFileSync } from "node:fs";
import * as z from "zod";
import { Dns, dnsServersSchema } from "../../../aws/dns.ts";
import { allowPrivateAddressesSchema } from "../../../domain/net/addresses.ts";
import type { Place } from "../place.ts";
import type { EdgePlace } from "./ask.ts";

/** The variables that lead Lambdas and agents to an edge of one's own: docs/local-runs.md. */
const schema = z.object({
  PREWARM_DNS_SERVERS: dnsServersSchema,
  PREWARM_HTTPS_PORT: z.coerce.number().int().default(443),
  PREWARM_HTTP_PORT: z.coerce.number().int().default(80),
  PREWARM_ALLOW_PRIVATE_ADDRESSES: allowPrivateAddressesSchema,
});

/** Where the edge is and who looks its names up: the local run's stand-in, what the variables say, or CloudFront itself. */
export function edgeOf({ edge, isAws }: Place, env: NodeJS.ProcessEnv = process.env): { place: EdgePlace; dns: Dns } {
  if (edge !== undefined) {
    const { httpsPort, httpPort, dnsPort, caFile } = edge;
    const place = { httpsPort, httpPort, ca: readFileSync(caFile, "utf8"), allowPrivateAddresses: true };
    return { place, dns: new Dns({ servers: [`127.0.0.1:${dnsPort}`], allowPrivateAddresses: true }) };
  }
  const given = schema.parse(env);
  // Never of AWS, whatever the environment says.
  const allowPrivateAddresses = !isAws && given.PREWARM_ALLOW_PRIVATE_ADDRESSES;
  const place = { httpsPort: given.PREWARM_HTTPS_PORT, httpPort: given.PREWARM_HTTP_PORT, allowPrivateAddresses };
  return { place, dns: new Dns({ servers: given.PREWARM_DNS_SERVERS, allowPrivateAddresses }) };
}
