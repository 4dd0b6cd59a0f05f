// Help comes at once: what it loads is the words of the commands and commander, not what the commands do.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

test("nothing that --help loads is large", async () => {
  // Split, what is imported when it is needed stands in files of its own.
  const { metafile } = await build({
    entryPoints: [`${ROOT}cli/main.ts`],
    absWorkingDir: ROOT,
    outdir: "none",
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  const [entry] = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint === "cli/main.ts");
  const chunks = new Set(entry === undefined ? [] : [entry[0]]);
  for (const chunk of chunks)
    for (const { path, kind } of metafile.outputs[chunk]?.imports ?? [])
      if (kind === "import-statement" && path in metafile.outputs) chunks.add(path);
  const inputs = [...chunks].flatMap((chunk) => Object.keys(metafile.outputs[chunk]?.inputs ?? {}));
  expect(inputs).toContain("cli/commands/warm.ts");
  const packages = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect([...new Set(packages)]).toEqual(["commander"]);
  expect(inputs.filter((path) => path.startsWith("domain/"))).toEqual([]);
});
