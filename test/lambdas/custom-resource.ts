import { expect } from "vitest";

const IDS = { StackId: "stack", RequestId: "request", LogicalResourceId: "Resource" };
const URL = "https://answer.example/";

interface Deps {
  readonly answer: (url: string, body: string) => Promise<void>;
  readonly logger: { info(): void; error(): void };
}

/** What CloudFormation is answered, but for the ids that it gave. */
export async function ask(event: object, create: (deps: Deps) => (event: unknown) => Promise<void>): Promise<unknown> {
  const answers: [url: string, body: Record<string, unknown>][] = [];
  const handler = create({
    answer: async (url, body) => void answers.push([url, JSON.parse(body)]),
    logger: { info: () => undefined, error: () => undefined },
  });
  await handler({ ResponseURL: URL, ...IDS, ...event });
  expect(answers).toEqual([[URL, expect.objectContaining(IDS)]]);
  return Object.fromEntries(Object.entries(answers[0]?.[1] ?? {}).filter(([name]) => !(name in IDS)));
}
