// Provides every way of launching a stack that the documents name, and the stacks that come of it.
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { deploy, existingNetwork, type Network } from "../../tools/local/deploy.ts";
import { ROOT } from "../../tools/local/paths.ts";
import { run } from "../../tools/local/processes.ts";
import { launchByUrl } from "./launch-by-url.ts";
import { Stack } from "./stack.ts";

const NEW_VPC = "PrewarmStack";
export const EXISTING_VPC = "PrewarmExistingVpcStack";
const BUCKET = "operators-templates";

/** A stack by what it is launched with, and the one POP that it is to warm. */
export interface Launch {
  readonly how: "cdk deploy" | "template URL";
  readonly template: string;
  readonly stackName: string;
  readonly envName: string;
  readonly pop: string;
}

/** The first is how the file's own stack is deployed. */
export const LAUNCHES: readonly Launch[] = [
  { how: "cdk deploy", template: NEW_VPC, stackName: NEW_VPC, envName: "prod", pop: "SIN2-C1" },
  { how: "cdk deploy", template: EXISTING_VPC, stackName: EXISTING_VPC, envName: "second", pop: "ATL56-C1" },
  { how: "template URL", template: NEW_VPC, stackName: "Launched", envName: "third", pop: "DFW55-C3" },
  { how: "template URL", template: EXISTING_VPC, stackName: "LaunchedBeside", envName: "fourth", pop: "FRA56-P2" },
];

export interface Launched {
  /** @throws Error if none has that name */
  readonly stackNamed: (stackName: string) => Stack;
  /** The network of the stacks in an existing VPC. */
  readonly network: Network;
  /** URL of a published template. */
  readonly urlOf: (template: string) => string;
}

/** Launches all of them at once beside the first, which is up, and puts them to work. */
export async function launchAll(first: Stack): Promise<Launched> {
  const { prewarm, metadata } = first;
  const network = await existingNetwork(prewarm.clients, "operator");
  const publishing = publish(prewarm);
  const launch = async ({ how, template, stackName, envName }: Launch) => {
    const parameters = { envName, ...(template === EXISTING_VPC ? network : {}) };
    if (how === "cdk deploy") return deploy(prewarm.aws, prewarm.clients, stackName, parameters);
    return launchByUrl(prewarm.clients, stackName, urlIn(await publishing, prewarm, template), parameters);
  };
  const stacks = new Map([[NEW_VPC, first]]);
  await Promise.all(
    LAUNCHES.filter(({ stackName }) => stackName !== NEW_VPC).map(async (it) => {
      const atWork = await prewarm.putToWork(await launch(it));
      stacks.set(it.stackName, new Stack({ ...prewarm, ...atWork }, metadata));
    }),
  );
  const printed = await publishing;
  const stackNamed = (stackName: string) => {
    const stack = stacks.get(stackName);
    if (stack === undefined) throw new Error(`${stackName} is not up`);
    return stack;
  };
  return { network, stackNamed, urlOf: (template) => urlIn(printed, prewarm, template) };
}

/** Both templates in a bucket of the user's; what the script printed. */
async function publish(prewarm: Stack["prewarm"]) {
  await prewarm.clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return publishTemplates(prewarm, "--bucket", BUCKET, "--prefix", "/prewarm/v1");
}

/** Runs the script as `npm run` does. @throws CommandError when it ends with anything but 0 */
function publishTemplates({ aws }: Stack["prewarm"], ...args: string[]) {
  const script = [`${ROOT}node_modules/tsx/dist/cli.mjs`, `${ROOT}tools/release/publish-templates.ts`];
  return run(process.execPath, [...script, ...args], { ...process.env, ...aws.env }, ROOT);
}

/** The URL that was printed for a template, as the emulator takes it: its path alone counts, for bucket and key. */
function urlIn(printed: string, { aws }: Stack["prewarm"], template: string) {
  const url = new RegExp(`https://([^.]+)\\.\\S+?(/\\S+/${template}\\.template\\.json)$`, "m").exec(printed);
  if (url === null) throw new Error(`no URL of ${template}:\n${printed}`);
  return `${aws.endpoint}/${url[1]}${url[2]}`;
}
