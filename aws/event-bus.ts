import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { type EndedEvent, EVENT_SOURCE, EVENT_TYPE } from "../domain/readiness/ended-event.ts";
import { retry } from "../domain/retry.ts";

const PUT = { attempts: 5, firstMs: 100 };

/** EventBridge did not take an event. */
export class EventRefusedError extends Error {
  override readonly name = "EventRefusedError";
}

/** The account's default event bus. */
export class EventBus {
  constructor(private readonly events: EventBridgeClient) {}

  /** @throws EventRefusedError when EventBridge refuses it again and again; what the SDK throws when it is out of reach */
  async put(detail: EndedEvent): Promise<void> {
    const Entries = [{ Source: EVENT_SOURCE, DetailType: EVENT_TYPE, Detail: JSON.stringify(detail) }];
    const refusal = await retry(
      async () => {
        // An entry may be refused although the call is not.
        const { Entries: answers = [] } = await this.events.send(new PutEventsCommand({ Entries }));
        const [{ ErrorCode, ErrorMessage } = {}] = answers;
        return ErrorCode === undefined ? undefined : `${ErrorCode}: ${ErrorMessage ?? ""}`;
      },
      { ...PUT, again: (it) => it !== undefined },
    );
    if (refusal !== undefined) throw new EventRefusedError(refusal);
  }
}
