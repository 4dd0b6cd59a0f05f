import { readWords, UsageError } from "../command-line.ts";

export const USAGE = `npm start -- [--port N] [--edge-like FILE | --no-edge]

  --port N    port of the API (default: 8480 if it is free, else any)
  --edge-like FILE
              make the stand-in edge behave as the evidence in this file shows (prewarm doctor --edge --save FILE)
  --no-edge   start no stand-in edge and no DNS: warm what PREWARM_DNS_SERVERS, PREWARM_HTTPS_PORT, PREWARM_HTTP_PORT and
              NODE_EXTRA_CA_CERTS point at or, with none of them set, the real CloudFront from this machine`;

interface StartOptions {
  readonly port: number | undefined;
  readonly edge: boolean;
  /** The file of the evidence that the edge shall be like. */
  readonly edgeLike: string | undefined;
  readonly help: boolean;
}

/** Reads the command line of `npm start`. @throws UsageError that says what is wrong */
export function parseOptions(args: readonly string[]): StartOptions {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    port: { type: "string" },
    "edge-like": { type: "string" },
    "no-edge": flag,
    help: { ...flag, short: "h" },
  } as const;
  const { values } = readWords({ args: [...args], options }, USAGE);
  const edgeLike = values["edge-like"];
  if (edgeLike !== undefined && values["no-edge"])
    throw new UsageError("--edge-like needs the edge that --no-edge leaves out", USAGE);
  return {
    port: values.port === undefined ? undefined : toPort(values.port),
    edge: !values["no-edge"],
    edgeLike,
    help: values.help,
  };
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 1 to 65535, not '${text}'`, USAGE);
}
