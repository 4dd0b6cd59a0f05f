// Provides calls of AWS APIs that the project itself has no client for.
import * as z from "zod";
import type { Aws } from "../../tools/local/emulator.ts";
import { authorization } from "../../tools/local/front.ts";

/** Posts `body`, or gets `path` without one. The emulator looks at no signature, only at the account in it. */
export async function call(
  aws: Aws,
  service: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
) {
  const answer = await fetch(aws.endpoint + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...headers, authorization: authorization(aws, service) },
    body: body ?? null,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service} ${path}: ${answer.status} ${text}`);
  return text;
}

const json = { "content-type": "application/x-amz-json-1.0" };

export async function cloudWatch(aws: Aws, operation: string, input: object): Promise<unknown> {
  const target = { "x-amz-target": `GraniteServiceVersion20100801.${operation}` };
  return JSON.parse(await call(aws, "monitoring", "/", { ...json, ...target }, JSON.stringify(input)));
}

const eventsSchema = z.object({ events: z.array(z.object({ message: z.string() })) });

/** The lines of a log group. */
export async function logLines(aws: Aws, logGroupName: string) {
  const target = { "x-amz-target": "Logs_20140328.FilterLogEvents" };
  const answer = await call(aws, "logs", "/", { ...json, ...target }, JSON.stringify({ logGroupName }));
  return eventsSchema.parse(JSON.parse(answer)).events.map(({ message }) => message);
}

export async function invoke(aws: Aws, functionName: string) {
  await call(aws, "lambda", `/2015-03-31/functions/${functionName}/invocations`, {}, "{}");
}
