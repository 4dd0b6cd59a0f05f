import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { request } from "undici";
import type { LabPart, LabRow } from "../lab/part.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import { world } from "../local/world.ts";
import { type BodyTarget, tryBodies } from "./try-bodies.ts";

const BODIES = 10_000;

/** Bodies to the API of the deployed stack. */
export const bodies: LabPart = {
  name: "bodies",
  async run(say, { scale }): Promise<LabRow[]> {
    const prewarm = await startLocalPrewarm({ edge: world, say });
    try {
      const options = { count: Math.round(BODIES * scale), seed: Date.now() % 1_000_000, say };
      const target = deployed(prewarm);
      // The first call of a function loads it.
      await target.send({ path: "prewarm", body: "{}" });
      return await tryBodies(target, options);
    } finally {
      await prewarm.close();
    }
  },
};

function deployed({ apiUrl, apiKey, clients, deployed: stack }: LocalPrewarm): BodyTarget {
  return {
    async send({ path, body }) {
      const started = performance.now();
      const headers = { "x-api-key": apiKey, "content-type": "application/json" };
      const answer = await request(apiUrl + path, { method: "POST", headers, body });
      const text = await answer.body.text();
      return { status: answer.statusCode, text, seconds: (performance.now() - started) / 1_000 };
    },
    async inventory() {
      const table = stack.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
      const bucket = stack.resource("PrewarmStorageLists", "AWS::S3::Bucket");
      const items = await clients.db.send(
        new ScanCommand({
          TableName: table,
          Select: "COUNT",
          // One item is no request: who has a permit to be active.
          FilterExpression: "attribute_exists(created_at)",
        }),
      );
      const objects = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const schedules = await clients.scheduler.send(new ListSchedulesCommand({}));
      return `${items.Count} items, ${objects.KeyCount ?? 0} objects, ${schedules.Schedules?.length ?? 0} schedules`;
    },
  };
}
