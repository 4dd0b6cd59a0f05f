// Provides the launch of a stack by its template's URL, which takes a third of the time that cdk bootstrap and cdk deploy take.
import { readFileSync } from "node:fs";
import { CreateStackCommand, waitUntilStackCreateComplete } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import * as z from "zod";
import type { LocalClients } from "../../tools/local/clients.ts";
import { type Deployed, readDeployed } from "../../tools/local/deploy.ts";
import type { Aws } from "../../tools/local/emulator.ts";

/** Of the published files. */
export const BUCKET = "tested-templates";
/** In seconds: how often CloudFormation is asked, and for how long. */
const PATIENCE = { minDelay: 0.3, maxDelay: 0.3, maxWaitTime: 180 };

/** What is published, and the files that have it. */
const filesSchema = z.array(z.object({ key: z.string(), contentType: z.string(), file: z.string() }));

/** Puts what prepare.ts had published into a bucket, and launches the stack that makes a VPC of its own. */
export async function launchPublished(
  aws: Aws,
  clients: LocalClients,
  parameters: Readonly<Record<string, string>>,
): Promise<Deployed> {
  const { s3 } = clients;
  const folder = process.env["PREWARM_PUBLISHED"];
  const files = filesSchema.parse(JSON.parse(readFileSync(`${folder}/files.json`, "utf8")));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const { key: Key, contentType: ContentType, file } of files) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, ContentType, Body: readFileSync(`${folder}/${file}`) }));
  }
  const template = files.find(({ key }) => key === "PrewarmStack.template.json")?.key ?? "";
  return launchByUrl(clients, "PrewarmStack", `${aws.endpoint}/${BUCKET}/${template}`, parameters);
}

/** Launches a stack and waits for it. @param url of its template, as the emulator takes it: its path alone counts, for bucket and key */
export async function launchByUrl(
  clients: LocalClients,
  stackName: string,
  url: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Deployed> {
  const client = clients.cloudFormation;
  await client.send(
    new CreateStackCommand({
      StackName: stackName,
      TemplateURL: url,
      Capabilities: ["CAPABILITY_IAM"],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  await waitUntilStackCreateComplete({ client, ...PATIENCE }, { StackName: stackName });
  return readDeployed(clients, stackName);
}
