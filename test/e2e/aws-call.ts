import * as z from "zod";
import type { Aws } from "../../tools/local/emulator.ts";

/** Calls an API that the project itself has no client for. The emulator looks at no signature, only at the account in it. */
async function call(aws: Aws, service: string, path: string, headers: Record<string, string>, body: string) {
  const credential = `${aws.env["AWS_ACCESS_KEY_ID"]}/20260101/${aws.region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
  const answer = await fetch(aws.endpoint + path, { method: "POST", headers: { ...headers, authorization }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service}: ${answer.status} ${text}`);
  return text;
}

const json = { "content-type": "application/x-amz-json-1.0" };

export async function cloudWatch(aws: Aws, operation: string, input: object): Promise<unknown> {
  const target = { "x-amz-target": `GraniteServiceVersion20100801.${operation}` };
  return JSON.parse(await call(aws, "monitoring", "/", { ...json, ...target }, JSON.stringify(input)));
}

const eventsSchema = z.object({ events: z.array(z.object({ message: z.string() })) });

/** The lines of a log group. */
export async function logLines(aws: Aws, logGroupName: string): Promise<string[]> {
  const target = { "x-amz-target": "Logs_20140328.FilterLogEvents" };
  const answer = await call(aws, "logs", "/", { ...json, ...target }, JSON.stringify({ logGroupName }));
  return eventsSchema.parse(JSON.parse(answer)).events.map(({ message }) => message);
}

/** Sends what a topic says to a queue. */
export async function subscribe(aws: Aws, TopicArn: string, Endpoint: string): Promise<void> {
  const form = { Action: "Subscribe", Version: "2010-03-31", TopicArn, Protocol: "sqs", Endpoint };
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  await call(aws, "sns", "/", headers, new URLSearchParams(form).toString());
}

export async function invoke(aws: Aws, functionName: string): Promise<void> {
  await call(aws, "lambda", `/2015-03-31/functions/${functionName}/invocations`, {}, "{}");
}
