// An instance from its start: the user data and the code that lib/agent-fleet.ts ships, run by boot.sh until the agent
// works.
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { unzipSync, zipSync } from "fflate";
import * as z from "zod";
import { BootSandbox, sandboxProblem } from "../agent/instance/boot-sandbox.ts";
import { taskMessage } from "../agent/task-messages.ts";
import { addFleet, newApp, rendered, theOnly } from "./synth.ts";

const SECRETS = ["Bearer eyJhbGciOi", "session=s3cr3t", "AKIAFAKEKEYOFTHEROLE", "c2VjcmV0", "Signature-in-the-query"];
const [authorization = "", cookie = "", accessKeyId = "", secretKey = "", signature = ""] = SECRETS;

/** What the stack gives an instance: its user data, and the code as it lies in the bucket. */
function shipped() {
  const app = newApp();
  const stack = new Stack(app, "Test");
  addFleet(stack);
  const { UserData } = theOnly(Template.fromStack(stack), "AWS::EC2::LaunchTemplate").LaunchTemplateData;
  const userData = rendered(UserData);
  const [, object = "", hash] = /^AGENT_CODE_URL='s3:\/\/([^/']+\/([0-9a-f]{64})\.zip)'$/m.exec(userData) ?? [];
  return { userData, object, zip: readFileSync(`${app.synth().directory}/asset.${hash}.zip`) };
}

/** The calls of AWS and the metadata service that an agent makes, with one message in the queue. */
async function startAws() {
  const calls: { readonly operation: string; readonly input: unknown }[] = [];
  const header = [`Authorization: ${authorization}`, `Cookie: ${cookie}`];
  const urls = [{ url: `https://www.example.com/a.bin?Signature=${signature}`, bytes: 1 }];
  const messages = [
    {
      MessageId: "m1",
      ReceiptHandle: "r1",
      Body: JSON.stringify(taskMessage({ ips: ["169.254.169.254"], header, urls })),
    },
    { MessageId: "m2", ReceiptHandle: "r2", Body: authorization },
  ];
  const answers: Record<string, () => unknown> = {
    ReceiveMessage: () => ({ Messages: messages.splice(0) }),
    GetItem: () => ({ Item: { active: { S: "y" } } }),
  };
  const server = createServer(async (request, response) => {
    const target = request.headers["x-amz-target"];
    if (target === undefined) return metadata(request, response);
    const operation = String(target).split(".")[1] ?? "";
    const input: unknown = JSON.parse(await text(request));
    calls.push({ operation, input });
    if (operation === "ReceiveMessage" && messages.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 100));
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(answers[operation]?.() ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, calls, close: () => [server.closeAllConnections(), server.close()] };
}

function metadata(request: IncomingMessage, response: ServerResponse): void {
  const role = "/latest/meta-data/iam/security-credentials/";
  const known: Record<string, string> = {
    "/latest/api/token": "token",
    "/latest/meta-data/instance-id": "i-0123456789abcdef0",
    [role]: "agent",
    [`${role}agent`]: JSON.stringify({
      Code: "Success",
      Type: "AWS-HMAC",
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretKey,
      Token: "t",
      LastUpdated: new Date(),
      Expiration: new Date(Date.now() + 3_600_000),
    }),
  };
  const answer = known[request.url ?? ""];
  response.writeHead(answer === undefined ? 404 : 200).end(answer);
}

/**
 * What of https://github.com/aws/amazon-cloudwatch-agent/blob/main/translator/config/schema.json is about files. More
 * of it would want more of the role.
 */
const logAgentSchema = z.strictObject({
  logs: z.strictObject({
    logs_collected: z.strictObject({
      files: z.strictObject({
        collect_list: z
          .array(
            z.strictObject({
              file_path: z.string().max(4_096),
              log_group_name: z.string().min(1).max(512),
              log_stream_name: z.string().min(1).max(512),
            }),
          )
          .min(1),
      }),
    }),
  }),
});

const code = shipped();
const problem = await sandboxProblem();
if (problem !== undefined) console.warn(`The boot is not tried: ${problem}`);

describe.skipIf(problem !== undefined)("an instance that boots", () => {
  let aws: Awaited<ReturnType<typeof startAws>>;
  let sandbox: BootSandbox;
  let console: string;
  const log = () => sandbox.read("var/log/prewarm-agent.log");
  const lines = (): Record<string, unknown>[] => JSON.parse(`[${log().trim().split("\n").join()}]`);
  const unit = () => sandbox.read("etc/systemd/system/prewarm-agent.service");
  const logFile = () => /^StandardOutput=append:(.+)$/m.exec(unit())?.[1];

  beforeAll(async () => {
    aws = await startAws();
    sandbox = new BootSandbox();
    sandbox.putObject(code.object, code.zip);
    // Only the endpoints of AWS differ from a real instance's.
    const here = `AWS_ENDPOINT_URL=${aws.url}\nAWS_EC2_METADATA_SERVICE_ENDPOINT=${aws.url}\nAWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true`;
    const queues = code.userData.replaceAll(/^((?:.*_)?QUEUE_URL)=(?!http).*$/gm, "$1=https://sqs.example/queue");
    console = await sandbox.boot(queues.replace("AGENT_ENV='", `AGENT_ENV='${here}\n`));
  }, 60_000);
  afterAll(() => {
    sandbox?.remove();
    aws?.close();
  });

  test("installs what it needs, and tries again if the code cannot be fetched at once", () => {
    expect(console).toContain("attempt 1 of: aws s3 cp");
    expect(sandbox.read("calls").trim().split("\n")).toEqual([
      expect.stringMatching(/^dnf install -y .*nodejs24/),
      expect.stringMatching(/^aws s3 cp .* \/tmp\/prewarm-agent.zip$/),
      "sleep 3",
      expect.stringMatching(/^aws s3 cp/),
      "systemctl daemon-reload",
      "systemctl enable --now prewarm-logrotate.timer",
      "systemctl enable --now prewarm-agent",
      "dnf install -y amazon-cloudwatch-agent",
      "log agent: -a fetch-config -m ec2 -s -c file:/etc/prewarm-logs.json",
    ]);
  });

  test("ships the agent's log and its own, a stream each, in the form that the log agent wants", () => {
    const { logs } = logAgentSchema.parse(JSON.parse(sandbox.read("log-agent.json")));
    const log_group_name = expect.stringMatching(/^ref-FleetLogsGroup/);
    expect(logs.logs_collected.files.collect_list).toEqual([
      { file_path: logFile(), log_group_name, log_stream_name: "{instance_id}/agent" },
      { file_path: "/var/log/cloud-init-output.log", log_group_name, log_stream_name: "{instance_id}/boot" },
    ]);
    expect(console).not.toContain("no logs are shipped");
  });

  test("bounds the log's size by itself: it is looked at every minute, not once a day", () => {
    const rotation = sandbox.read("etc/prewarm-logrotate.conf");
    expect(rotation.split(" {")[0]).toBe(logFile());
    expect(rotation).toMatch(/^ {2}size 50M\n {2}rotate 3\n {2}copytruncate$/m);
    const part = (name: string) => sandbox.read(`etc/systemd/system/prewarm-logrotate.${name}`);
    expect(part("timer")).toContain("[Timer]\nOnCalendar=minutely\n");
    expect(part("service")).toMatch(/^ExecStart=.* \/etc\/prewarm-logrotate\.conf$/m);
  });

  test("leaves the agent no file that it could change, and its variables to root", () => {
    for (const [path, mode] of [
      ["home/ec2-user/agent/main.mjs", 0o644],
      ["home/ec2-user/agent/prewarm-agent.service", 0o644],
      ["etc/prewarm-agent.env", 0o600],
      ["etc/systemd/system/prewarm-agent.service", 0o644],
    ] as const) {
      const file = statSync(`${sandbox.root}/${path}`);
      expect([path, file.mode & 0o777, file.uid]).toEqual([path, mode, process.getuid?.()]);
    }
    expect(readdirSync(`${sandbox.root}/tmp`)).toEqual([]);
  });

  test("has a unit for an agent that crashes again and again, which does the same with the agent's log", () => {
    expect(unit()).toMatch(/^StartLimitIntervalSec=300\nStartLimitBurst=5\n/m);
    const [, name = ""] = /^OnFailure=(.+)$/m.exec(unit()) ?? [];
    const [, command = "", log] = /^ExecStart=(\S+) (\S+)$/m.exec(sandbox.read(`etc/systemd/system/${name}`)) ?? [];
    expect(logFile()).toBe(log);
    expect(statSync(sandbox.root + command).mode & 0o777).toBe(0o755);
  });

  test("has an agent that works: a task at the metadata service's address fails without a connection", async () => {
    // Beats are put, too.
    const put = () =>
      aws.calls.find(({ operation, input }) => operation === "PutItem" && JSON.stringify(input).includes('"pop_url"'))
        ?.input;
    await expect.poll(put, { timeout: 20_000 }).toMatchObject({
      Item: {
        agent: { S: "i-0123456789abcdef0" },
        attempts: { N: "0" },
        error: { S: "169.254.169.254 is a private or reserved address, which is refused" },
      },
    });
    await expect.poll(() => aws.calls.map(({ operation }) => operation)).toContain("SendMessage");
    expect(sandbox.exitCode).toBeUndefined();
  });

  test("and that ends with 0 when it is told to", async () => {
    await sandbox.terminate();
    await expect.poll(() => sandbox.exitCode, { timeout: 20_000 }).toBe(0);
    expect(lines().map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        "Agent started",
        "Task failed",
        "Invalid task message; moving it to the dead-letter queue",
        "Agent stopping",
        "Agent stopped",
      ]),
    );
  });

  test("says in a line of a task which request it belongs to, and why it failed", () => {
    const { req_id, pop } = taskMessage();
    expect(lines().filter(({ msg }) => msg === "Task failed")).toMatchObject([
      { req_id, pop, reason: "refused_address", error: expect.stringContaining("169.254.169.254") },
    ]);
  });

  test("writes no secret into its log", () => {
    expect(log()).toContain("https://www.example.com/a.bin");
    for (const secret of SECRETS) expect(log()).not.toContain(secret);
    expect(console).not.toContain(accessKeyId);
  });
});

const INSTANCE = "i-0123456789abcdef0";
const ANOTHER_ZIP = zipSync({ ...unzipSync(code.zip), more: new Uint8Array(1) });
const eventsSchema = z.tuple([z.strictObject({ timestamp: z.number(), message: z.string() })]);

describe.skipIf(problem !== undefined)("an instance that cannot work", () => {
  /** Boots with the code that the template names, unless `object` stands in its place or is `null`. */
  async function boot(failing: readonly string[], object: Uint8Array | null = code.zip) {
    const sandbox = new BootSandbox(true, failing);
    onTestFinished(() => sandbox.remove());
    if (object !== null) sandbox.putObject(code.object, object);
    const failure = await sandbox.boot(code.userData).catch((error: unknown) => error);
    return { sandbox, failure, calls: sandbox.read("calls").trim().split("\n") };
  }

  const LEAVES = new RegExp(
    `^aws autoscaling terminate-instance-in-auto-scaling-group .*--instance-id ${INSTANCE} --no-should-decrement-desired-capacity$`,
  );

  test.each([
    ["a package that cannot be had", ["dnf"], code.zip, "attempt 5 of: dnf install"],
    ["code that does not come", [], null, "attempt 5 of: aws s3 cp"],
    ["a zip that is not the template's, though it is one of the agent", [], ANOTHER_ZIP, "checksum did NOT match"],
    ["a unit that systemd refuses", ["systemctl"], code.zip, "bad unit file setting"],
  ])("with %s: fails to boot, ships what it said, and leaves a group that keeps its size", async (...given) => {
    const [, failing, object, says] = given;
    const { sandbox, failure, calls } = await boot(failing, object);
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
    expect(calls).not.toContain("systemctl enable --now prewarm-agent");
    const stream = `--log-group-name ref-FleetLogsGroup\\S* --log-stream-name ${INSTANCE}/gave-up`;
    expect(calls.filter((call) => /^aws (logs|autoscaling) /.test(call))).toEqual([
      expect.stringMatching(`^aws logs create-log-stream --region eu-west-1 ${stream}$`),
      expect.stringMatching(`^aws logs put-log-events --region eu-west-1 ${stream} --log-events file:`),
      expect.stringMatching(LEAVES),
    ]);
    const [{ message, timestamp }] = eventsSchema.parse(JSON.parse(sandbox.read("events.json")));
    expect(message).toBe('gave up\nCloud-init v. 22.2.2\nit said "no\\yes" \n');
    expect(Math.abs(Date.now() - timestamp)).toBeLessThan(60_000);
  });

  test("runs nothing of a zip that is not the template's", async () => {
    const { sandbox, calls } = await boot([], ANOTHER_ZIP);
    expect(calls.join("\n")).not.toContain("systemctl");
    expect(readdirSync(`${sandbox.root}/home/ec2-user/agent`)).toEqual([]);
  });

  test("leaves also if its log cannot be shipped, and says so on its console", async () => {
    const { failure, calls } = await boot(["dnf", "put-log-events"]);
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining("the log is not shipped") });
    expect(calls.at(-1)).toMatch(LEAVES);
  });

  test("switches itself off if Auto Scaling does not answer: the group replaces what does not run", async () => {
    const { calls } = await boot(["dnf", "terminate-instance-in-auto-scaling-group"]);
    expect(calls.filter((call) => LEAVES.test(call))).toHaveLength(5);
    expect(calls.at(-1)).toBe("systemctl poweroff");
  });
});

describe.skipIf(problem !== undefined)("an instance that cannot ship its logs", () => {
  test("works, and says on its console that there is no log agent", async () => {
    const sandbox = new BootSandbox(false);
    onTestFinished(async () => {
      await sandbox.terminate();
      await expect.poll(() => sandbox.exitCode, { timeout: 20_000 }).toBeDefined();
      sandbox.remove();
    });
    sandbox.putObject(code.object, code.zip);
    expect(await sandbox.boot(code.userData)).toContain("no logs are shipped");
    expect(sandbox.read("calls")).toContain("systemctl enable --now prewarm-agent\n");
    expect(sandbox.read("calls")).not.toContain("terminate-instance");
  });
});
