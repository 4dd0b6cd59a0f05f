// A batch of which AWS carries out all entries but one, and says so in its answer. The call itself succeeds: no SDK repeats it.
import type { HttpCall, HttpReply } from "./aws-http.ts";

interface Entry {
  readonly Id?: string;
}
interface Input {
  /** Of BatchWriteItem, by table. */
  readonly RequestItems?: Readonly<Record<string, readonly Entry[]>>;
  /** Of batches of SQS, and of PutEvents. */
  readonly Entries?: readonly Entry[];
}

interface PartialBatch {
  /** The call without the entry that is left out. */
  readonly http: HttpCall;
  /** The answer to that call, with the entry as one that failed. */
  answer(reply: HttpReply): HttpReply;
}

/** Calls that answer with what failed of their entries. */
export function isBatch(operation: string): boolean {
  return (
    operation === "BatchWriteItem" || operation === "PutEvents" || /MessageBatch$|VisibilityBatch$/.test(operation)
  );
}

/** Leaves out the entry in the middle: a caller that takes another one for it, or none, loses one or repeats one. */
export function partialBatch(operation: string, http: HttpCall): PartialBatch {
  const { RequestItems, Entries = [], ...rest } = JSON.parse(http.body.toString()) as Input;
  if (operation === "BatchWriteItem") {
    const [[table, requests] = ["", []]] = Object.entries(RequestItems ?? {});
    const { kept, left } = withoutMiddle(requests);
    return {
      http: { ...http, body: bodyOf({ ...rest, RequestItems: { [table]: kept } }) },
      answer: (reply) => ({ ...reply, body: JSON.stringify({ UnprocessedItems: { [table]: [left] } }) }),
    };
  }
  const { kept, left, place } = withoutMiddle(Entries);
  return {
    http: { ...http, body: bodyOf({ ...rest, Entries: kept }) },
    answer: (reply) => ({
      ...reply,
      body: JSON.stringify(withFailure(operation, JSON.parse(`${reply.body}`), left, place)),
    }),
  };
}

/** The answer of a batch of SQS names the entry by its id, that of PutEvents by its place. */
function withFailure(
  operation: string,
  answer: { readonly Failed?: readonly object[]; readonly Entries?: readonly object[] },
  left: Entry,
  place: number,
): object {
  if (operation !== "PutEvents") {
    const failure = { Id: left.Id, Code: "InternalError", Message: "injected", SenderFault: false };
    return { ...answer, Failed: [...(answer.Failed ?? []), failure] };
  }
  const failure = { ErrorCode: "InternalFailure", ErrorMessage: "injected" };
  return { FailedEntryCount: 1, Entries: (answer.Entries ?? []).toSpliced(place, 0, failure) };
}

function withoutMiddle(entries: readonly Entry[]): { kept: readonly Entry[]; left: Entry; place: number } {
  const place = Math.floor(entries.length / 2);
  const left = entries[place];
  if (left === undefined) throw new Error("the batch has no entry");
  return { kept: entries.toSpliced(place, 1), left, place };
}

const bodyOf = (input: object) => Buffer.from(JSON.stringify(input));
