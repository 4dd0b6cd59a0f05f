import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";

/** One command as a client got it. */
export interface Sent {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: of as many shapes as there are commands
  readonly input: any;
}

/** An AWS client that notes what it is sent and answers what it is told to. It has the methods of the document client, which call `send`. */
export function fakeClient<C>(answer: (command: Sent, n: number) => unknown) {
  const sent: Sent[] = [];
  const send = async (command: object & { readonly input?: unknown }) => {
    const noted = { name: command.constructor.name, input: structuredClone(command.input) };
    return answer(noted, sent.push(noted) - 1);
  };
  return { client: Object.assign(Object.create(DynamoDBDocument.prototype), { send }) as C, sent };
}

/** An error as the SDK throws it. */
export function awsError(name: string, more: object = {}) {
  return Object.assign(new Error(name), { name }, more);
}
