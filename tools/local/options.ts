import { readWords, UsageError } from "../command-line.ts";
import { DISTRIBUTION_KINDS, type DistributionKind } from "../memory-aws/distribution-kinds.ts";

export const USAGE = `npm start -- [--port N] [--distribution KIND] | [--no-edge]

  --port N    port of the API (default: 8480 if it is free, else any)
  --distribution KIND
              the distribution that the stand-in edge serves and the API of CloudFront describes (default: standard):
              ${DISTRIBUTION_KINDS.slice(0, 9).join(", ")},
              ${DISTRIBUTION_KINDS.slice(9, 18).join(", ")},
              ${DISTRIBUTION_KINDS.slice(18).join(", ")}
  --no-edge   start no stand-in edge and no DNS: warm what PREWARM_DNS_SERVERS, PREWARM_HTTPS_PORT, PREWARM_HTTP_PORT and
              NODE_EXTRA_CA_CERTS point at or, with none of them set, the real CloudFront from this machine`;

interface StartOptions {
  readonly port: number | undefined;
  readonly edge: boolean;
  readonly distribution: DistributionKind | undefined;
  readonly help: boolean;
}

/** Reads the command line of `npm start`. @throws UsageError that says what is wrong */
export function parseOptions(args: readonly string[]): StartOptions {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    port: { type: "string" },
    distribution: { type: "string" },
    "no-edge": flag,
    help: { ...flag, short: "h" },
  } as const;
  const { values } = readWords({ args: [...args], options }, USAGE);
  const { "no-edge": noEdge, distribution } = values;
  if (distribution !== undefined && noEdge)
    throw new UsageError("--distribution needs the edge that --no-edge leaves out", USAGE);
  return {
    port: values.port === undefined ? undefined : toPort(values.port),
    edge: !noEdge,
    distribution: distribution === undefined ? undefined : toKind(distribution),
    help: values.help,
  };
}

function toKind(text: string): DistributionKind {
  const kind = DISTRIBUTION_KINDS.find((one) => one === text);
  if (kind !== undefined) return kind;
  throw new UsageError(`Unknown kind of distribution '${text}'; use one of ${DISTRIBUTION_KINDS.join(", ")}`, USAGE);
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 1 to 65535, not '${text}'`, USAGE);
}
