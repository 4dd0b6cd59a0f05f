import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import type { Construct, IConstruct } from "constructs";
import { buildSync } from "esbuild";
import { BANNER, MAIN_FIELDS, TARGET } from "./bundling.ts";
import { zipOf } from "./zip.ts";

const AGENT = fileURLToPath(new URL("../agent", import.meta.url));
const UNIT = "prewarm-agent.service";

/**
 * The agent as instances fetch it at boot: one ES module with its dependencies, and its systemd unit. It is zipped here and
 * not when it is published, so that the template can say which bytes an instance may run.
 */
export class AgentCode extends Asset {
  /** SHA-256 of the zip, in hex. */
  readonly sha256: string;
  /**
   * Pattern of the keys of every version, whatever is in it. In the middle of an update the group still starts instances
   * from the old launch template, and these fetch the old code when the role has its new policy already. The stacks put
   * their code under a prefix of their own (code-prefix.ts), so that nobody else's objects are meant.
   */
  readonly everyVersion: string;

  constructor(scope: Construct, id: string) {
    const zip = agentZip(scope.node.root);
    const folder = mkdtempSync(join(tmpdir(), "prewarm-agent-"));
    try {
      const path = join(folder, "agent.zip");
      writeFileSync(path, zip);
      // Copies it into the cloud assembly.
      super(scope, id, { path });
    } finally {
      rmSync(folder, { recursive: true });
    }
    this.sha256 = createHash("sha256").update(zip).digest("hex");
    this.everyVersion = this.s3ObjectKey.replace(this.assetHash, "*");
  }
}

/** Made once for an app: its stacks have the same code. */
const made = new WeakMap<IConstruct, Uint8Array>();

function agentZip(app: IConstruct): Uint8Array {
  const zip = made.get(app) ?? zipOf({ ...bundle(), [UNIT]: readFileSync(join(AGENT, "instance", UNIT)) });
  made.set(app, zip);
  return zip;
}

/** The module and its source map, by name. */
function bundle(): Record<string, Uint8Array> {
  const { outputFiles } = buildSync({
    entryPoints: [join(AGENT, "main.ts")],
    // Nothing is written. Paths in the source map are relative to this, wherever the assembly lies.
    outfile: join(AGENT, "main.mjs"),
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: TARGET,
    mainFields: MAIN_FIELDS,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    banner: { js: BANNER },
    logLevel: "warning",
  });
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}
