import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Template } from "aws-cdk-lib/assertions";
import { PrewarmExistingVpcStack, PrewarmStack } from "../../lib/stacks.ts";
import { newApp, ROOT, rendered, resourcesOf } from "./synth.ts";

const app = newApp("bundles");
const stacks = [new PrewarmStack(app, "Prewarm"), new PrewarmExistingVpcStack(app, "PrewarmExistingVpc")];

/** Every function of both stacks, once each, by its logical id without the hash. */
const functions = new Map(
  stacks
    .flatMap((stack) => resourcesOf(Template.fromStack(stack), "AWS::Lambda::Function"))
    .map(([id, { Properties }]) => [id.replace(/^Prewarm/, "").replace(/[0-9A-F]{8}$/, ""), Properties]),
);

test("each folder of lambdas/ is the code of one function", () => {
  const folders = readdirSync(`${ROOT}lambdas`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(new Set([...functions.values()].map(({ Code }) => Code.S3Key)).size).toBe(folders.length);
  expect(functions.size).toBe(folders.length);
});

function bundleOf({ S3Key }: { readonly S3Key: string }): string {
  return `${app.synth().directory}/asset.${S3Key.replace(/^prewarm\/|\.zip$/g, "")}/index.mjs`;
}

test("the bundle of Aggregation has no calls of S3 and Auto Scaling, which it does not need", () => {
  const code = (name: string) => readFileSync(bundleOf(functions.get(`Pipeline${name}`)?.Code), "utf8");
  const calls = /"(PutObject|DescribeAutoScalingGroups)"/;
  expect(code("Shutdown")).toMatch(calls);
  expect(code("Aggregation")).not.toMatch(calls);
});

describe.each([...functions])("%s", (_, { Code, Environment }) => {
  const bundle = bundleOf(Code);
  const load = `const { handler } = await import(${JSON.stringify(bundle)}); console.log("handler is a", typeof handler); process.exit()`;
  const run = (env: Record<string, string>) =>
    execFileSync(process.execPath, ["--input-type=module", "-e", load], {
      env: { ...env, AWS_REGION: "eu-west-1", AWS_LAMBDA_FUNCTION_NAME: "a-function" },
      encoding: "utf8",
      stdio: "pipe",
    });
  const { NODE_OPTIONS: _options, ...variables } = Environment.Variables;

  test("loads with the environment it is given", () => {
    const given = Object.entries(variables).map(([key, value]) => {
      const text = rendered(value);
      return [key, key.endsWith("_URL") ? `https://sqs.example/${text}` : text];
    });
    expect(run(Object.fromEntries(given))).toContain("handler is a function\n");
  });

  test("needs all of it: without it, the error names every variable", () => {
    const names = Object.keys(variables);
    expect(names).not.toEqual([]);
    const said = failureOf(() => run({}));
    expect(said).toContain("Error: Invalid environment variables:\n");
    for (const name of names) expect(said).toContain(`at ${name}\n`);
  });
});

function failureOf(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}
