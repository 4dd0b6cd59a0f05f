import { ApiClient, NoAnswerError } from "../../../client/api-client.ts";
import type { Client } from "../../api/client.ts";
import { clientErrorOf, isRefused } from "../../api/refusal.ts";
import { CommandError } from "../../command-error.ts";
import { VERSION } from "../../version.ts";
import { type Check, cannotTell, checker, fail, type Judgement, ok, once, warn } from "../check/check.ts";

const check = checker({ phase: "deployed" });

export interface ApiDeps {
  readonly api: () => Promise<Client>;
  /** Whether no answer is a fault. Else it may be a private API, which answers within its VPC alone. */
  readonly mustAnswer: boolean;
}

/** Whether the API answers, takes the key and nothing else, and is of the command's release. */
export function apiChecks({ api, mustAnswer }: ApiDeps): Check[] {
  const keyed = once(async () => judgeKey(await api(), mustAnswer));
  return [
    check("API and key", "docs/operations.md#the-api-does-not-answer", keyed),
    check("version", "docs/operations.md#the-command-finds-no-api", async () => {
      const { status } = await keyed();
      if (status === "ok" || status === "warn") return judgeVersion(await api());
      return cannotTell("no call to the API succeeded", "fix the previous check first");
    }),
  ];
}

async function judgeKey(client: Client, mustAnswer: boolean): Promise<Judgement> {
  const { url, from } = client.endpoint;
  try {
    const { value } = await client.instances();
    const { status } = await new ApiClient(url, undefined).ask({ method: "GET", path: "instances" });
    if (status === 200)
      return fail("GET /instances responds without a key", "check the methods of the API: each must require a key");
    if (status !== 403)
      return warn(`GET /instances without a key returned HTTP ${status}; expected 403`, "run this again");
    return ok(
      `${url} (from ${from}) accepts the key and rejects calls without it; desired instances: ${value.desiredcapacity}`,
    );
  } catch (error) {
    if (clientErrorOf(error) instanceof NoAnswerError && !mustAnswer) throw error;
    return failed(error);
  }
}

async function judgeVersion(client: Client): Promise<Judgement> {
  try {
    const { value } = await client.settings();
    if (value.version === VERSION) return ok(`${VERSION}, in ${value.region}`);
    return warn(
      `version ${value.version} is deployed; this command has version ${VERSION}`,
      "if a command fails, use the deployed version",
    );
  } catch (error) {
    const { says, next } = failed(error);
    return fail(says, isRefused(error, 404) ? "the deployment may be older than this command" : (next ?? ""));
  }
}

/** What the API refuses is a failure, and not something that nobody can tell. @throws every other error */
export function failed(error: unknown): Judgement {
  if (error instanceof CommandError) return fail(error.message, error.nextStep());
  throw error;
}
