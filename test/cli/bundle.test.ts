// The bundle as a process, where it talks to AWS: the SDK in it reads a stack and its key from a server that stands in for both.
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../folder-with.ts";
import { serve } from "../serve.ts";
import { COMMAND, ROOT, runBuilt, useBuiltCommand } from "./built-command.ts";
import { progress } from "./progress.ts";

useBuiltCommand();

const member = (key: string, value: string) =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;

/** A server that is CloudFormation, API Gateway and the API; and what it was asked. */
async function world(stack: string) {
  const asked: string[] = [];
  const endpoint = await serve((request, response) => {
    const { method, url = "", headers } = request;
    const at = `http://${headers.host}/prod/`;
    asked.push(`${method} ${url.split("?")[0]} ${headers["x-api-key"] ?? ""}`.trim());
    if (method === "POST")
      response
        .writeHead(stack === "" ? 400 : 200, { "content-type": "text/xml" })
        .end(
          stack === ""
            ? "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id S does not exist</Message></Error></ErrorResponse>"
            : `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${stack}</StackName><CreationTime>2026-11-25T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${member("prewarmapikeyoutput", "abc")}${member("prewarmapiEndpoint", at)}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
        );
    else if (url.startsWith("/apikeys/abc")) response.end(JSON.stringify({ id: "abc", value: "the-key" }));
    else {
      const request = { ...progress(), url_count: 1, url_prefix: "https://www.example.com/" };
      response.end(JSON.stringify({ ...request, requests: [request], next: null }));
    }
  });
  return { asked, endpoint };
}

const run = (endpoint: string, ...words: string[]) => runBuilt(words, environment(endpoint));

const environment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_MAX_ATTEMPTS: "1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
});

test("--stack reads the outputs, fetches the key, and asks the API with it", async () => {
  const { endpoint, asked } = await world("S");
  const { code, stdout, stderr } = await run(endpoint, "list", "--stack", "S", "--aws-region", "us-east-1");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n")[1]).toMatch(/^e059b77b {2}IN_PROGRESS {2}62% {2}3,192 /);
  expect(asked).toEqual(["POST /", "GET /apikeys/abc", "GET /prod/requests the-key"]);
});

test("in a pipe, the list ends in the sentence of each request", async () => {
  const { endpoint } = await world("S");
  const { stdout } = await run(endpoint, "list", "--endpoint", `${endpoint}/prod/`, "--api-key", "the-key");
  expect(stdout.split("\n")[0]).toMatch(/ URLS +SENTENCE$/);
  expect(stdout.split("\n")[1]).toMatch(/On time: about 6 min left\. Done by \d\d:\d\d, 40 min before the timeout\.$/);
});

test("every command finds what it does in the file beside it", async () => {
  const words = ["warm x", "status", "report", "list", "retry x", "stop x", "estimate x", "pops", "instances set 1"];
  const at = ["--endpoint", "not an address", "--api-key", "x"];
  const ran = await Promise.all(words.map((word) => run("http://127.0.0.1:1", ...word.split(" "), ...at)));
  for (const [n, { code, stderr }] of ran.entries())
    expect({ code, stderr }, words[n]).toEqual({
      code: 1,
      stderr: expect.not.stringContaining("bug in prewarm"),
    });
});

test("of its files, the one without the others says what to do; a link finds them", () => {
  const folder = folderWith();
  const [alone, link] = [join(folder, "prewarm.cjs"), join(folder, "link")];
  copyFileSync(COMMAND, alone);
  symlinkSync(COMMAND, link);
  const list = (file: string) =>
    spawnSync(process.execPath, [file, "list", "--endpoint", "x", "--api-key", "x"], { encoding: "utf8" });
  const apart =
    /^prewarm: .*actions\.cjs.*\nThe command is five files: .* Copy all of them, or install the command again\.\n$/;
  expect(list(alone)).toMatchObject({ status: 1, stderr: expect.stringMatching(apart) });
  // Cut off, as by a full disk.
  writeFileSync(join(folder, "actions.cjs"), 'const a = "');
  expect(list(alone)).toMatchObject({ status: 1, stderr: expect.stringContaining("Copy all") });
  expect(list(link).stderr).not.toContain("five files");
});

test("the AWS SDK is in none of the files that help and a direct run load", () => {
  const has = (name: string) =>
    readFileSync(join(ROOT, "cli/dist", name), "utf8").includes("@aws-sdk/client-cloudfront");
  expect(["prewarm.cjs", "direct.cjs", "cloudfront.cjs"].map(has)).toEqual([false, false, true]);
});

test("what a direct run refuses has a next step, too", async () => {
  const words = ["warm", "https://a.example/", "--direct"];
  const { code, stderr } = await runBuilt(words, { XDG_STATE_HOME: "/dev/null" });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("\nSet XDG_STATE_HOME to a folder") });
});

test("the doctor runs without the repository", async () => {
  const folder = folderWith();
  cpSync(join(ROOT, "cli/dist"), join(folder, "prewarm/dist"), { recursive: true });
  const { endpoint } = await world("S");
  const words = ["doctor", "--before", "--aws-region", "us-east-1"];
  const { stdout, stderr } = await runBuilt(words, environment(endpoint), {
    file: join(folder, "prewarm/dist/prewarm.cjs"),
  });
  expect(stderr).toBe("");
  expect(stdout).not.toContain("clone");
  const names = stdout.split("\n").map((line) => line.split("\t")[2]);
  expect(names).toEqual(expect.arrayContaining(["instance types", "default EBS key"]));
});

test("a stack that is not there has a next step", async () => {
  const { endpoint } = await world("");
  const { code, stderr } = await run(endpoint, "list", "--stack", "S", "--aws-region", "us-east-1");
  expect(code).toBe(1);
  expect(stderr).toBe(
    "prewarm: the stack S cannot be read: Stack with id S does not exist\n" +
      "Name the stack with --stack, and its Region with --aws-region (now us-east-1).\n",
  );
});
