import { Readable } from "node:stream";
import { type Check, type Judgement, runChecks, type Status } from "../../../cli/doctor/check/check.ts";
import { type AwsClients, awsClients } from "../../../cli/doctor/check/place.ts";
import { awsError, fakeClient } from "../../aws/client.ts";

/** Answers by the name of the call; an error is thrown. */
export type Answers = Readonly<Record<string, object | ((input: Record<string, string>) => object)>>;

/** Clients of AWS that get these answers. A call without one is unknown, as an emulator has it. */
export function clientsAnswering(answers: Answers): AwsClients {
  const { client } = fakeClient<Pick<AwsClients["ec2"], "send">>(({ name, input }) => {
    const answer = answers[name.replace(/Command$/, "")] ?? awsError("UnknownOperationException");
    const given = typeof answer === "function" ? answer(input) : answer;
    if (given instanceof Error) throw given;
    return given;
  });
  const clients = awsClients({
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "s" },
  });
  for (const it of Object.values(clients)) Object.assign(it, { send: client.send });
  return clients;
}

/** What the check of this name comes to, asked of AWS itself. */
export async function judgementOf(checks: readonly Check[], name: string): Promise<Judgement | undefined> {
  const [finding] = await runChecks(
    checks.filter((check) => check.name === name),
    { isAws: true, onFinding: () => undefined },
  );
  return finding;
}

/** Expects what the check of this name comes to. What is not ok has a next step. */
export async function expectJudgement(checks: readonly Check[], name: string, status: Status, says: RegExp) {
  const judgement = await judgementOf(checks, name);
  expect(judgement).toMatchObject({ status, says: expect.stringMatching(says) });
  expect(judgement?.next === undefined).toBe(status === "ok");
}

export interface Recorded {
  /** @default 200 */
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Settings of an SDK client that gets these answers over HTTP, one after the other. */
export function recorded(...answers: readonly Recorded[]) {
  let asked = 0;
  const handle = async () => {
    const answer = answers[asked++];
    if (answer === undefined) throw new Error(`nobody recorded an answer to call ${asked}`);
    const { status = 200, type = "application/x-amz-json-1.1", body, headers = {} } = answer;
    const response = { statusCode: status, headers: { "content-type": type, ...headers }, body: Readable.from([body]) };
    return { response };
  };
  return {
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
    requestHandler: { handle, metadata: { handlerProtocol: "http/1.1" } },
  };
}

export const xml = (body: string, status = 200) => ({ status, type: "text/xml", body });
export const json = (body: object, status = 200) => ({ status, body: JSON.stringify(body) });
