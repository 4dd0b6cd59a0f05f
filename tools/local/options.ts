import { parseArgs } from "node:util";

/** The arguments after `npm start --` are wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const USAGE = `npm start -- [--port N] [--no-edge]

  --port N    port of the API (default: 8480 if it is free, else any)
  --no-edge   start no stand-in edge and no DNS: warm what PREWARM_DNS_SERVERS, PREWARM_HTTPS_PORT, PREWARM_HTTP_PORT and
              NODE_EXTRA_CA_CERTS point at or, with none of them set, the real CloudFront from this machine`;

interface StartOptions {
  readonly port: number | undefined;
  readonly edge: boolean;
  readonly help: boolean;
}

/** Reads the command line of `npm start`. @throws UsageError that says what is wrong */
export function parseOptions(args: readonly string[]): StartOptions {
  const values = parse(args);
  return {
    port: values.port === undefined ? undefined : toPort(values.port),
    edge: !values["no-edge"],
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        "no-edge": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 1 to 65535, not '${text}'\n\n${USAGE}`);
}
