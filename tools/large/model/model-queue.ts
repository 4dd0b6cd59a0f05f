/** A queue with so many messages of one request, each of which is given out once. */
export class ModelQueue {
  private given = 0;
  private deleted = 0;

  constructor(
    private readonly messages: number,
    private readonly reqId: string,
  ) {}

  /** Messages that are not deleted. */
  get left(): number {
    return this.messages - this.deleted;
  }

  /** What SQS answers to ReceiveMessage: at most ten. */
  receive(): object {
    const Messages = [];
    for (let n = 0; n < 10 && this.given < this.messages; n++, this.given++) {
      const Body = JSON.stringify({ req_id: this.reqId, pop: "SIN2-P1" }).padEnd(300);
      Messages.push({ MessageId: `m${this.given}`, ReceiptHandle: `r${this.given}`, Body });
    }
    return { Messages };
  }

  delete({ Entries }: Readonly<Record<string, unknown>>): object {
    const ids = idsOf(Entries);
    this.deleted += ids.length;
    return { Successful: ids.map((Id) => ({ Id })), Failed: [] };
  }

  /** Messages that are sent go nowhere. */
  accept({ Entries }: Readonly<Record<string, unknown>>): object {
    return { Successful: idsOf(Entries).map((Id) => ({ Id, MessageId: Id, MD5OfMessageBody: "" })), Failed: [] };
  }

  /** @param isTasks whether it is this queue that is asked, and not another, empty one */
  attributes(isTasks: boolean): object {
    const visible = isTasks ? this.messages - this.given : 0;
    const hidden = isTasks ? this.given - this.deleted : 0;
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        ApproximateNumberOfMessagesDelayed: "0",
      },
    };
  }
}

function idsOf(entries: unknown): string[] {
  return Array.isArray(entries) ? entries.map(({ Id }) => String(Id)) : [];
}
