import type { SQSClient } from "@aws-sdk/client-sqs";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { awsError, fakeClient } from "./client.ts";

it("a body is set aside as it came, with the reason, no larger than SQS takes", async () => {
  const { client, sent } = fakeClient<SQSClient>(() => ({}));
  const deadLetters = new DeadLetterQueue(client, "https://sqs.example/dead");
  await deadLetters.send('{"a": 1}', "bytes: missing");
  await deadLetters.send("x".repeat(300_000), "y".repeat(2_000));
  expect(sent[0]?.input).toEqual({
    QueueUrl: "https://sqs.example/dead",
    MessageBody: '{"a": 1}',
    MessageAttributes: { reason: { DataType: "String", StringValue: "bytes: missing" } },
  });
  expect(sent[1]?.input.MessageBody).toHaveLength(250_000);
  expect(sent[1]?.input.MessageAttributes.reason.StringValue).toHaveLength(1_000);
});

/** Refuses what SQS refuses of a message. */
function strictQueue() {
  const { client, sent } = fakeClient<SQSClient>(({ input }) => {
    const reason = input.MessageAttributes.reason.StringValue;
    for (const text of [input.MessageBody, reason])
      if (text === "" || !text.isWellFormed() || /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text))
        throw awsError("InvalidMessageContents");
    if (Buffer.byteLength(input.MessageBody) + Buffer.byteLength(reason) > 262_144 - 100)
      throw awsError("InvalidParameterValue");
    return {};
  });
  return { deadLetters: new DeadLetterQueue(client, "https://sqs.example/dead"), sent };
}

it.each([
  ["control characters", "a\u0000\u001b\u000bb", "a\uFFFD\uFFFD\uFFFDb"],
  ["half of a surrogate pair", "a\ud800b", "a\uFFFDb"],
  ["noncharacters", "a\uFFFE\uFFFFb", "a\uFFFD\uFFFDb"],
  ["nothing", "", "(empty)"],
  ["what SQS takes", "a\t\n\r \u{1F600}é", "a\t\n\r \u{1F600}é"],
])("a body and a reason of %s are accepted", async (_, text, kept) => {
  const { deadLetters, sent } = strictQueue();
  await deadLetters.send(text, text);
  expect(sent[0]?.input).toMatchObject({
    MessageBody: kept,
    MessageAttributes: { reason: { DataType: "String", StringValue: kept } },
  });
});

it.each(["é", "漢", "\u{1F600}", "x\u{1F600}"])("is cut by its bytes, as SQS counts them: %s", async (text) => {
  const { deadLetters, sent } = strictQueue();
  await deadLetters.send(text.repeat(200_000), text.repeat(2_000));
  expect(Buffer.byteLength(sent[0]?.input.MessageBody)).toBeGreaterThan(249_990);
});

it("what SQS does not take is returned as its error, and not thrown", async () => {
  const { client } = fakeClient<SQSClient>(() => {
    throw awsError("AccessDenied");
  });
  const deadLetters = new DeadLetterQueue(client, "https://sqs.example/dead");
  await expect(deadLetters.send("{}", "why")).rejects.toThrow("AccessDenied");
});
