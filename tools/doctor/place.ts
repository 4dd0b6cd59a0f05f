import { readFile } from "node:fs/promises";
import * as z from "zod";
import { ENDPOINT_FILE } from "../local/paths.ts";
import { type DoctorOptions, UsageError } from "./options.ts";

const localSchema = z.object({
  apiUrl: z.string(),
  apiKey: z.string(),
  awsEndpoint: z.string(),
  awsAccessKeyId: z.string(),
  region: z.string(),
  stackName: z.string(),
  /** Absent with `--no-edge`. */
  edge: z.object({ httpsPort: z.number(), httpPort: z.number(), dnsPort: z.number(), caFile: z.string() }).optional(),
});
type LocalEdge = NonNullable<z.infer<typeof localSchema>["edge"]>;

/** Who is asked. */
export interface Place {
  readonly isAws: boolean;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly stackName: string;
  /** The local run's API. On AWS, the stack's outputs say it. */
  readonly api: { readonly url: string; readonly key: string } | undefined;
  /** The local run's stand-in for CloudFront. */
  readonly edge: LocalEdge | undefined;
}

const STACK = "PrewarmStack";

/** Where to ask: AWS, an emulator that AWS_ENDPOINT_URL names, or the local run. @throws UsageError without a local run */
export async function placeOf(options: DoctorOptions, env: NodeJS.ProcessEnv = process.env): Promise<Place> {
  if (options.profile !== undefined) env["AWS_PROFILE"] = options.profile;
  if (!options.local) {
    const { AWS_ENDPOINT_URL: endpoint = "" } = env;
    const isAws = endpoint === "" || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
    const { region, stack = STACK } = options;
    return { isAws, region, endpoint: isAws ? undefined : endpoint, stackName: stack, api: undefined, edge: undefined };
  }
  const { awsEndpoint, awsAccessKeyId, region, stackName, apiUrl, apiKey, edge } = await localRun();
  // The emulator looks at no secret.
  Object.assign(env, { AWS_ACCESS_KEY_ID: awsAccessKeyId, AWS_SECRET_ACCESS_KEY: "local" });
  const stack = options.stack ?? stackName;
  // The file has the address of one stack only.
  const api = stack === stackName ? { url: apiUrl, key: apiKey } : undefined;
  return { isAws: false, region, endpoint: awsEndpoint, stackName: stack, api, edge };
}

async function localRun() {
  try {
    return localSchema.parse(JSON.parse(await readFile(ENDPOINT_FILE, "utf8")));
  } catch (error) {
    const why = error instanceof Error && "code" in error && error.code === "ENOENT" ? "is not there" : String(error);
    throw new UsageError(`--local: .local/endpoint.json ${why}; start the local run with npm start`);
  }
}
