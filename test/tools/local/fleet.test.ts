import { ROOT } from "../../../tools/local/paths.ts";
import { runProgram } from "./program.ts";

/** A fleet whose agents crash at once; the run ends before one is started again, and the group grows meanwhile. */
const PROGRAM = `
  import { setTimeout as sleep } from "node:timers/promises";
  import { strToU8, zipSync } from "fflate";
  import { LocalFleet } from "${ROOT}tools/local/fleet.ts";
  import { closeRunFolder } from "${ROOT}tools/local/paths.ts";
  import { ending } from "${ROOT}tools/local/processes.ts";
  const code = zipSync({ "main.mjs": strToU8("process.exit(3)") });
  const UserData = Buffer.from("AGENT_CODE_URL='s3://b/code.zip'\\nAGENT_ENV='A=1'\\n").toString("base64");
  const ids = ["i-test-1"];
  const clients = {
    autoScaling: { send: async () => ({ AutoScalingGroups: [{ Instances: ids.map((InstanceId) => ({ InstanceId })) }] }) },
    ec2: { send: async () => ({ LaunchTemplateVersions: [{ VersionNumber: 1, LaunchTemplateData: { UserData } }] }) },
    s3: { send: async () => ({ Body: { transformToByteArray: async () => code } }) },
  };
  const say = (line) => {
    console.log(line);
    if (ending.signal.aborted) return;
    ids.push("i-test-2");
    ending.abort();
  };
  const fleet = await LocalFleet.start(clients, { stackName: "S", resource: () => "x" }, {}, say);
  process.once("exit", closeRunFolder);
  await sleep(4_000);
  await fleet.close();
  console.log("closed");`;

it("starts no agent again once the run ends, and says nothing of it", { timeout: 30_000 }, async () => {
  const { code, said } = await runProgram(PROGRAM);
  expect([said, code]).toEqual(["The agent of i-test-1 ended with 3; it is started again\nclosed", 0]);
});
