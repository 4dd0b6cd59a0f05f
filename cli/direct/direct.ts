// The direct engine with what it needs of the machine: a bundle of its own, which is read when no stack is asked.

import * as z from "zod";
import { readEnvironment } from "../../domain/environment.ts";
import { ERROR_CACHING_SECONDS } from "../../domain/limits.ts";
import { CAPS, DEFAULT_CAPS } from "../../domain/request/caps.ts";
import { Dns, networkVariables } from "../../probe/dns.ts";
import type { Shell } from "../shell.ts";
import { Account } from "./account.ts";
import { DirectClient } from "./direct-client.ts";
import { PopDiscovery } from "./pop-discovery.ts";
import { RunStore, stateFolder } from "./store/run-store.ts";

const variables = z.object({
  ...networkVariables,
  PREWARM_KEPT_ERROR_SECONDS: z.coerce.number().positive().default(ERROR_CACHING_SECONDS),
});

/** @param servers resolvers to ask instead of the system's: `host` or `host:port` */
export function directClient({ env }: Pick<Shell, "env">, servers: readonly string[] = []): DirectClient {
  const read = readEnvironment(variables, env);
  const allowPrivateAddresses = read.PREWARM_ALLOW_PRIVATE_ADDRESSES;
  const debug = (fields: object, message: string) => {
    if (env["PREWARM_DEBUG"]) console.error(message, fields);
  };
  return new DirectClient({
    store: new RunStore(stateFolder(env)),
    dns: new Dns({ servers: servers.length > 0 ? servers : read.PREWARM_DNS_SERVERS, allowPrivateAddresses }),
    ports: { httpsPort: read.PREWARM_HTTPS_PORT, httpPort: read.PREWARM_HTTP_PORT },
    // One machine has no deployment that somebody else bounds.
    caps: { ...DEFAULT_CAPS, maxTasks: CAPS.maxTasks.max, maxRequestBytes: CAPS.maxRequestBytes.max },
    allowPrivateAddresses,
    errorCachingMs: read.PREWARM_KEPT_ERROR_SECONDS * 1_000,
    account: new Account(async () => (await import("./cloudfront.ts")).cloudFront(env)),
    env,
    log: { info: debug, warn: debug },
  });
}

export { QUESTIONS_PER_SECOND } from "./pop-discovery.ts";

/** The discovery of POPs on this machine. It only looks: a POP at a private address exists all the same. */
export function popDiscovery({ env }: Pick<Shell, "env">, servers: readonly string[] = []): PopDiscovery {
  const { PREWARM_DNS_SERVERS } = readEnvironment(variables, env);
  const dns = new Dns({ servers: servers.length > 0 ? servers : PREWARM_DNS_SERVERS, allowPrivateAddresses: true });
  return new PopDiscovery(new RunStore(stateFolder(env)), dns);
}
