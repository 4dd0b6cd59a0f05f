// Who may import whom. `npm run lint` checks every import, `import type` too.
// What is not named here is refused: a new folder or a new package needs its line.

const CDK = packages("aws-cdk-lib", "constructs");
const AWS_SDK = packages("@aws-sdk/[^/]+");
const ZOD = packages("zod");

/** Each folder, and what its files may import besides Node's modules and their own folder. */
const FOLDERS = {
  bin: ["^lib/", CDK],
  // The Lambdas and the agent are bundled by their paths, never imported.
  lib: [
    "^domain/",
    "^console/(report/report-style\\.js|parts/tab-icon\\.ts)$",
    "^package\\.json$",
    CDK,
    packages("esbuild", "fflate"),
  ],
  domain: [ZOD, packages("p-map")],
  aws: ["^domain/", AWS_SDK, ZOD, packages("csv-parse", "p-map")],
  // What Lambdas ask of servers before anything is warmed: the sizes of objects, the documents that name URLs.
  probe: ["^domain/", ZOD, packages("p-map", "saxes", "undici")],
  lambdas: [
    ...["^aws/", "^domain/", "^probe/", AWS_SDK, ZOD],
    packages("@aws-lambda-powertools/logger", "@types/aws-lambda", "p-map"),
    // Served as it is.
    "^docs/openapi\\.json$",
  ],
  agent: ["^aws/", "^domain/", AWS_SDK, ZOD, packages("pino", "undici")],
  // How the API is called, on Node and in a browser.
  client: ["^domain/", ZOD],
  // The command is a client of the API. It asks AWS for the outputs of a stack and its key alone.
  // It makes the report page out of the console's components, by one file that says with what.
  cli: [
    ...[
      "^client/",
      "^domain/",
      "^probe/",
      "^agent/(admit|fetch|receive|report)/",
      "^console/report/for-command\\.js$",
      ZOD,
    ],
    packages(
      "@aws-sdk/client-(api-gateway|cloudformation)",
      "commander",
      "csv-parse",
      "log-update",
      "string-width",
      "wrap-ansi",
    ),
  ],
  // It runs in a browser: see the rule below.
  console: ["^client/", "^domain/", ZOD, packages("preact", "preact-render-to-string")],
  // Snippets that users copy: nothing of the project's own.
  docs: [CDK, AWS_SDK, packages("@types/aws-lambda")],
  tools: ["^(?!test/)"],
  test: [""],
};

/** Each folder of the agent, and the others that it imports: in one direction, with instance/ beside them. */
const AGENT_FOLDERS = {
  receive: ["admit", "fetch", "report", "instance"],
  admit: ["fetch", "report"],
  fetch: ["report"],
  report: [],
  instance: [],
};

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const arrows = Object.entries(FOLDERS).map(([folder, others]) => ({
  name: `${folder}-imports`,
  severity: "error",
  from: { path: `^${folder}/`, ...(folder === "cli" ? { pathNot: "^cli/(doctor/|direct/cloudfront\\.ts$)" } : {}) },
  to: { pathNot: [`^${folder}/`, ...others], dependencyTypesNot: ["core"] },
}));
arrows.push({
  name: "cli-doctor-imports",
  comment: "The doctor looks at an account and at a stack from inside. It is a bundle of its own.",
  severity: "error",
  from: { path: "^cli/doctor/" },
  to: {
    pathNot: ["^(aws|cli|client|domain|probe)/", AWS_SDK, ZOD, packages("@smithy/signature-v4", "p-map")],
    dependencyTypesNot: ["core"],
  },
});

arrows.push({
  name: "cli-cloudfront-imports",
  comment: "What asks CloudFront and S3 for a command without a stack is a bundle of its own.",
  severity: "error",
  from: { path: "^cli/direct/cloudfront\\.ts$" },
  to: { pathNot: ["^(aws|cli)/", packages("@aws-sdk/client-(cloudfront|s3|wafv2)")], dependencyTypesNot: ["core"] },
});

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const agentArrows = Object.entries(AGENT_FOLDERS).map(([folder, others]) => ({
  name: `agent-${folder}-imports`,
  severity: "error",
  from: { path: `^agent/${folder}/` },
  to: { path: "^agent/", pathNot: [folder, ...others].map((it) => `^agent/${it}/`) },
}));
agentArrows.push({
  name: "agent-http-imports",
  comment: "The HTTP client knows nothing of tasks.",
  severity: "error",
  from: { path: "^agent/fetch/http/" },
  to: { path: "^agent/", pathNot: "^agent/fetch/http/" },
});

/** Each folder of tools/, and the others that it imports. All import the files at its root, which import no folder. */
const TOOLS_FOLDERS = {
  edge: [],
  "memory-aws": ["edge"],
  local: ["edge", "memory-aws"],
  fuzz: ["local"],
  lab: ["local", "edge"],
  bench: ["local", "edge", "memory-aws", "release"],
  release: [],
  checks: ["local", "release"],
  commands: ["bench", "local", "edge", "release"],
};

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const toolsArrows = Object.entries(TOOLS_FOLDERS).map(([folder, others]) => ({
  name: `tools-${folder}-imports`,
  severity: "error",
  from: { path: `^tools/${folder}/` },
  to: { path: "^tools/[^/]+/", pathNot: [folder, ...others].map((it) => `^tools/${it}/`) },
}));
toolsArrows.push({
  name: "tools-root-imports",
  severity: "error",
  from: { path: "^tools/[^/]+$" },
  to: { path: "^tools/[^/]+/" },
});

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const orderedArrows = [
  // The files at the root of domain/ import none of them.
  ...inOrder("domain", "net pops distribution result request origin sources plan readiness cost validation api"),
  { name: "domain-root-imports", severity: "error", from: { path: "^domain/[^/]+$" }, to: { path: "^domain/[^/]+/" } },
  ...inOrder("cli", "output endpoint api body direct live report watch actions doctor completion commands"),
  ...inOrder("cli/doctor", "check account deployed edge"),
  ...inOrder("tools/lab", "world engine load nemesis check scenarios"),
];

/**
 * Each folder imports only those before it.
 * @param {string} parent
 * @param {string} order names of folders
 * @returns {import("dependency-cruiser").IForbiddenRuleType[]}
 */
function inOrder(parent, order) {
  const folders = order.split(" ");
  const name = parent.replace("/", "-");
  return [
    ...folders.map((folder, index) => ({
      name: `${name}-${folder}-imports`,
      severity: /** @type {const} */ ("error"),
      from: { path: `^${parent}/${folder}/` },
      to: { path: `^${parent}/[^/]+/`, pathNot: folders.slice(0, index + 1).map((it) => `^${parent}/${it}/`) },
    })),
    {
      name: `${name}-folder-without-a-rule`,
      severity: "error",
      from: { path: `^${parent}/[^/]+/`, pathNot: `^${parent}/(${folders.join("|")})/` },
      to: {},
    },
  ];
}

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...arrows,
    {
      name: "folder-without-a-rule",
      severity: "error",
      // Files at the root configure tools.
      from: { path: "/", pathNot: `^(${Object.keys(FOLDERS).join("|")})/` },
      to: {},
    },
    {
      name: "runs-without-aws",
      comment: "Not even by way of others: the direct engine has no AWS SDK.",
      severity: "error",
      from: { path: "^(domain|probe|agent/(admit|fetch|report))/" },
      to: { path: "^(aws/|node_modules/@aws-sdk/)", reachable: true },
    },
    {
      name: "one-lambda-imports-another",
      comment: "What several functions use stands at the root of lambdas/.",
      severity: "error",
      from: { path: "^lambdas/([^/]+)" },
      to: { path: "^lambdas/[^/]+/", pathNot: "^lambdas/$1/" },
    },
    {
      name: "console-runs-in-a-browser",
      comment: "What it takes from domain/ may not need Node either: esbuild refuses to bundle that for a browser.",
      severity: "error",
      // report-style.js is a part of the build.
      from: { path: "^(client|console)/", pathNot: "^console/(report/report-style\\.js|parts/tab-icon\\.ts)$" },
      to: { dependencyTypes: ["core"] },
    },
    ...orderedArrows,
    ...agentArrows,
    ...toolsArrows,
    { name: "cycle", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: "^node_modules/",
    // In a worktree, node_modules may be a link.
    preserveSymlinks: true,
    exclude: "^(cdk\\.out|\\.local|coverage|cli/dist)/",
    // Without it, imports of types are not seen.
    tsPreCompilationDeps: true,
    // Without these, a path that a package names in its exports (csv-parse/sync) is not found.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};

/** @param {string[]} names regular expressions */
function packages(...names) {
  return `^node_modules/(${names.join("|")})/`;
}
