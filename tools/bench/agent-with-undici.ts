import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BUILT, bundleOptions } from "../local/bundle-worker.ts";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Bundles the agent as it is deployed, but with undici for its downloads. @returns the bundle's path */
export async function bundleAgentWithUndici(): Promise<string> {
  const outfile = `${BUILT}agent-with-undici.mjs`;
  let swapped = 0;
  await build({
    ...bundleOptions,
    entryPoints: [path("../../agent/main.ts")],
    outfile,
    minify: true,
    plugins: [
      {
        name: "undici-client",
        setup({ onResolve }) {
          onResolve({ filter: /\/pooled-client\.ts$/ }, () => {
            swapped++;
            return { path: path("undici-client.ts") };
          });
        },
      },
    ],
  });
  if (swapped === 0) throw new Error("agent/fetch/http/pooled-client.ts is not where it was: nothing was swapped");
  return outfile;
}
