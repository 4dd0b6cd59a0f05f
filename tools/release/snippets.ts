import { App, Duration, Stack } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { ChatWhenNotReady } from "../../docs/snippets/chat-when-not-ready.ts";
import { MailWhenEnded } from "../../docs/snippets/mail-when-ended.ts";
import { ReleasePipeline } from "../../docs/snippets/release-pipeline.ts";
import { WarmAndWait } from "../../docs/snippets/warm-and-wait.ts";
import { WarmNightly } from "../../docs/snippets/warm-nightly.ts";
import { WarmUploads } from "../../docs/snippets/warm-uploads.ts";
import { isMain } from "../root.ts";

const API = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod";
const BODY = { url_list: ["https://www.example.com/"], timeout: 60, instance_count: 2 };

/** One stack with all constructs that the documents show. */
export function snippets(app: App): Stack {
  const stack = new Stack(app, "Snippets");
  new MailWhenEnded(stack, "Mail", "web@example.com");
  new ChatWhenNotReady(stack, "Chat", "https://hooks.example.com/services/T0/B0/secret");
  const patience = Duration.hours(2);
  const { stateMachine } = new WarmAndWait(stack, "Warm", { api: API, keySecret: "prewarm/api-key", patience });
  const [builds, site] = [new Bucket(stack, "Builds", { versioned: true }), new Bucket(stack, "Site")];
  new ReleasePipeline(stack, "Pipeline", { builds, site, warmAndWait: stateMachine, body: BODY });
  new WarmNightly(stack, "Nightly", stateMachine, BODY);
  const list = { site: "www.example.com", bucket: "my-bucket", prefix: "lists/" };
  new WarmUploads(stack, "Uploads", { api: `${API}/`, keyId: "a1b2c3d4e5", ...list });
  return stack;
}

// The CDK app of what the documents show, for `npm run test:rest templates`.
if (isMain(import.meta.url)) {
  snippets(new App());
}
