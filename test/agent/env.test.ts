import { expect, test } from "vitest";
import { envSchema } from "../../agent/env.ts";
import { readEnvironment } from "../../domain/environment.ts";

const GIVEN = {
  QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/tasks",
  EXPRESS_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/express",
  DEAD_LETTER_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
  REQUEST_TABLE: "requests",
  REQUEST_TASK_TABLE: "tasks",
  PROGRESS_TABLE: "progress",
  SHUTDOWN_ARN: "arn:aws:lambda:eu-west-1:123456789012:function:shutdown",
  VISIBILITY_SECONDS: "120",
};

test("what an instance is given is enough, and the rest is as documented", () => {
  expect(readEnvironment(envSchema, { ...GIVEN, HOME: "/root" })).toEqual({
    ...GIVEN,
    VISIBILITY_SECONDS: 120,
    PREWARM_HTTPS_PORT: 443,
    PREWARM_HTTP_PORT: 80,
    PREWARM_ALLOW_PRIVATE_ADDRESSES: false,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://169.254.169.254",
    PREWARM_IDLE_MINUTES: 15,
    STALL_SECONDS: 900,
    PREWARM_FIRST_BYTE_SECONDS: 120,
    PREWARM_KEPT_ERROR_SECONDS: 11,
  });
});

test("every fault is named, not the first", () => {
  const { QUEUE_URL: _, ...incomplete } = GIVEN;
  const read = () => readEnvironment(envSchema, { ...incomplete, REQUEST_TABLE: "", VISIBILITY_SECONDS: "soon" });
  expect(read).toThrow("Invalid environment variables");
  for (const name of ["QUEUE_URL", "REQUEST_TABLE", "VISIBILITY_SECONDS"]) expect(read).toThrow(name);
});
