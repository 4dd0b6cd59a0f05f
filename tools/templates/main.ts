import { localClients } from "../local/clients.ts";
import type { Aws } from "../local/emulator.ts";
import { existingNetwork } from "../local/existing-network.ts";
import { closeRunFolder, openRunFolder } from "../local/paths.ts";
import { CommandError } from "../local/processes.ts";
import { type Assembly, synthesize } from "./assembly.ts";
import { compare, type Row, unused } from "./compare.ts";
import { destroyStack } from "./destroy-stack.ts";
import { startMoto } from "./moto.ts";
import { GAPS } from "./moto-gaps.ts";
import { standing } from "./standing.ts";
import { summary, table } from "./table.ts";

// `npm run test:templates`: both stacks deployed to moto and destroyed again, a second opinion on the templates beside
// MiniStack's. It exits with 1 when a resource does not stand, a command fails, or moto has learnt what the list of its gaps says
// it cannot do.
const NEW_VPC = "PrewarmStack";
const EXISTING_VPC = "PrewarmExistingVpcStack";
/** So that nothing is left out by a condition. */
const EVERYTHING = { alarmEmail: "ops@example.com" };

interface Seen {
  readonly rows: readonly Row[];
  /** Those that are of no one type. */
  readonly faults: readonly string[];
}

async function tryOut(aws: Aws): Promise<boolean> {
  const clients = localClients(aws);
  const assembly = await synthesize(aws, [NEW_VPC, EXISTING_VPC]);
  await assembly.cdk("bootstrap", `aws://${aws.env["AWS_ACCESS_KEY_ID"]}/${aws.region}`);
  const network = await existingNetwork(clients, "prewarm-templates");
  const seen = [
    await tryStack(clients, assembly, NEW_VPC, EVERYTHING),
    await tryStack(clients, assembly, EXISTING_VPC, { ...EVERYTHING, ...network, vpce: "vpce-0123456789abcdef0" }),
  ];
  const rows = seen.flatMap((it) => it.rows);
  const templates = [NEW_VPC, EXISTING_VPC].map(assembly.template);
  const stale = unused(templates, GAPS).map(
    (type) => `no template has ${type}: take it out of tools/templates/moto-gaps.ts`,
  );
  const faults = [...seen.flatMap((it) => it.faults), ...stale];
  for (const fault of faults) console.log(`FAULT: ${fault}`);
  console.log(summary(rows, faults.length));
  return faults.length === 0 && rows.every((row) => row.faults.length === 0);
}

async function tryStack(
  clients: ReturnType<typeof localClients>,
  assembly: Assembly,
  stackName: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Seen> {
  const values = Object.entries(parameters).flatMap(([name, value]) => ["--parameters", `${name}=${value}`]);
  // By change set, moto gives an answer that the SDK cannot read.
  await assembly.cdk("deploy", stackName, "--method=direct", "--require-approval=never", ...values);
  const stands = await standing(clients, stackName);
  const rows = compare(assembly.template(stackName), stands, GAPS);
  console.log(table(stackName, rows));
  return { rows, faults: await destroyStack(clients, assembly, stackName, stands) };
}

openRunFolder();
try {
  const moto = await startMoto(console.log);
  try {
    if (!(await tryOut(moto))) process.exitCode = 1;
  } finally {
    await moto.close();
  }
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  closeRunFolder();
}
