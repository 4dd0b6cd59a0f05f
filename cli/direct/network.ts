import { connect } from "node:tls";
import type { Ports } from "../../domain/net/addresses.ts";
import { errorCode } from "../../domain/net/resolver.ts";
import type { Target } from "../../domain/plan/target.ts";
import { CommandError } from "../command-error.ts";

const CONNECT_MS = 5_000;
const NEXT =
  "To diagnose the network, run the doctor with --edge. To download from AWS's network instead, use a stack: --stack NAME.";

/**
 * Whether this network resolves and reaches POPs at all: a proxy, a firewall or a captive portal is between for all of them or for none.
 * @throws CommandError that says what is in the way
 */
export async function checkNetwork(
  targets: readonly Target[],
  servername: string,
  { httpsPort }: Pick<Ports, "httpsPort">,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  // A name that is not known may be that of no distribution.
  if (targets.every(({ reason }) => reason === "dns_unavailable" || reason === "refused_address"))
    throw dnsObstacle(targets[0]?.error ?? "");
  const addresses = targets.flatMap(({ ips: [first] }) => (first === undefined ? [] : [first]));
  const codes = await Promise.all(addresses.map((address) => tryAddress(address, servername, httpsPort)));
  const [code] = codes;
  if (code === undefined || codes.includes(undefined)) return;
  throw new CommandError(
    `no POP can be reached: ${obstacle(code, env)} (${code} at ${addresses[0]}:${httpsPort})`,
    NEXT,
  );
}

/** Why no POP resolves. @param problem what the DNS said of the first one */
export function dnsObstacle(problem: string): CommandError {
  const isAnswered = !/did not answer|returned an error/.test(problem);
  const why = /private or reserved address/.test(problem)
    ? "the DNS resolver returns a private or reserved address, as a captive portal does"
    : `the DNS resolver of this network does not ${isAnswered ? "resolve the names of POPs" : "respond"}`;
  return new CommandError(`no POP can be resolved: ${why}: ${problem}`, `Use another resolver: --dns 1.1.1.1. ${NEXT}`);
}

/** @returns the code of what went wrong; undefined: a TLS connection was made, and the server proved its name */
function tryAddress(host: string, servername: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, servername, timeout: CONNECT_MS, rejectUnauthorized: true });
    // A run that is stopped does not wait for it.
    socket.unref();
    const end = (code: string | undefined) => {
      socket.destroy();
      resolve(code);
    };
    socket.once("secureConnect", () => end(undefined));
    socket.once("timeout", () => end("ETIMEDOUT"));
    socket.once("error", (error) => end(errorCode(error)));
  });
}

function obstacle(code: string, env: Readonly<Record<string, string | undefined>>): string {
  if (code === "ENETUNREACH" || code === "EHOSTUNREACH" || code === "EADDRNOTAVAIL")
    return "this machine has no route to IPv4 addresses, and Prewarm reaches POPs over IPv4";
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code))
    return "the TLS certificate is not CloudFront's: a captive portal or a TLS-inspecting proxy intercepts the connection";
  const proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].find((name) => (env[name] ?? "") !== "");
  if (proxy !== undefined)
    return `this network seems to allow only connections through its proxy (${proxy}), but Prewarm must connect to the IP addresses of POPs directly`;
  return "a firewall seems to block connections to port 443";
}
