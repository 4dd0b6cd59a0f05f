// The emulator's readers of streams, as tools/local/stream_lanes.py makes them: alone, without the project's stack.
import { existsSync, readFileSync } from "node:fs";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { zipSync } from "fflate";
import { type LocalClients, localClients } from "../../../tools/local/clients.ts";
import { type Aws, startAws } from "../../../tools/local/emulator.ts";
import { closeRunFolder, openRunFolder, RUN } from "../../../tools/local/paths.ts";

/** Takes as long as the item says, and then writes a line for it. */
const FUNCTION = `
exports.handler = async ({ Records }) => {
  for (const { dynamodb } of Records) {
    const { id, n, ms } = dynamodb.NewImage;
    await new Promise((resolve) => setTimeout(resolve, Number(ms.N)));
    require("node:fs").appendFileSync(process.env.SEEN, id.S + n.N + "\\n");
  }
};`;

describe("readers of a stream", () => {
  const seenFile = `${RUN}seen`;
  let aws: Aws;
  let clients: LocalClients;
  let lambda: LambdaClient;
  let stream = "";

  beforeAll(async () => {
    openRunFolder();
    aws = await startAws({ SEEN: seenFile }, () => undefined);
    clients = localClients(aws);
    const credentials = { accessKeyId: aws.env["AWS_ACCESS_KEY_ID"] ?? "", secretAccessKey: "local" };
    lambda = new LambdaClient({ endpoint: aws.endpoint, region: aws.region, credentials });
    const { TableDescription } = await clients.db.send(
      new CreateTableCommand({
        TableName: "items",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    stream = TableDescription?.LatestStreamArn ?? "";
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "see",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::000000000000:role/any",
        Code: { ZipFile: zipSync({ "index.js": new TextEncoder().encode(FUNCTION) }) },
        Timeout: 60,
      }),
    );
  });
  afterAll(async () => {
    await aws?.close();
    closeRunFolder();
  });

  const put = (id: string, n: number, ms = 0) =>
    clients.db.send(new PutCommand({ TableName: "items", Item: { id, n, ms } }));
  const seen = () => (existsSync(seenFile) ? readFileSync(seenFile, "utf8").trim().split("\n") : []);
  it("a slow item delays no other one, and each item keeps its order", async () => {
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: "see",
        EventSourceArn: stream,
        StartingPosition: "LATEST",
        BatchSize: 1,
        ParallelizationFactor: 10,
      }),
    );
    await put("slow", 0, 6_000);
    for (const n of [1, 2, 3]) for (const item of ["slow", "a", "b"]) await put(item, n);
    await expect.poll(() => seen().length, { timeout: 90_000 }).toBeGreaterThanOrEqual(6);
    // All of the others come before the one that takes its time.
    expect(
      seen()
        .slice(0, 6)
        .filter((line) => line.startsWith("slow")),
    ).toEqual([]);
    await expect.poll(() => seen().length, { timeout: 90_000 }).toBe(10);
    const of = (item: string) => seen().filter((line) => line.startsWith(item));
    expect([of("slow"), of("a"), of("b")]).toEqual([
      ["slow0", "slow1", "slow2", "slow3"],
      ["a1", "a2", "a3"],
      ["b1", "b2", "b3"],
    ]);
  });
});
