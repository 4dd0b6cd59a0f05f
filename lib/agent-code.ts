import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import type { Construct } from "constructs";
import { buildSync } from "esbuild";
import { BANNER, MAIN_FIELDS, TARGET } from "./bundling.ts";

const AGENT = fileURLToPath(new URL("../agent", import.meta.url));

/** The agent as instances fetch it at boot: one ES module with its dependencies, and its systemd unit. */
export class AgentCode extends Asset {
  /**
   * Pattern of the keys of every version, whatever is in it. In the middle of an update the group still starts instances
   * from the old launch template, and these fetch the old code when the role has its new policy already. The stacks put
   * their code under a prefix of their own (code-prefix.ts), so that nobody else's objects are meant.
   */
  readonly everyVersion: string;

  constructor(scope: Construct, id: string) {
    super(scope, id, {
      path: AGENT,
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        // Never used: the local bundling below always succeeds or throws.
        image: DockerImage.fromRegistry("none"),
        local: {
          tryBundle(outputDir) {
            bundleAgent(outputDir);
            return true;
          },
        },
      },
    });
    this.everyVersion = this.s3ObjectKey.replace(this.assetHash, "*");
  }
}

function bundleAgent(outputDir: string): void {
  buildSync({
    entryPoints: [join(AGENT, "main.ts")],
    outfile: join(outputDir, "main.mjs"),
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
  cpSync(join(AGENT, "instance/prewarm-agent.service"), join(outputDir, "prewarm-agent.service"));
}
