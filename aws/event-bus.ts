import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { type EndedEvent, EVENT_SOURCE, EVENT_TYPE } from "../domain/readiness/ended-event.ts";
import { retry } from "../domain/retry.ts";

/** The account's default event bus. */
export class EventBus {
  constructor(private readonly events: EventBridgeClient) {}

  /** @throws what EventBridge or the SDK says when it fails again and again */
  async put(detail: EndedEvent): Promise<void> {
    const Entries = [{ Source: EVENT_SOURCE, DetailType: EVENT_TYPE, Detail: JSON.stringify(detail) }];
    const put = async () => {
      // An entry may be refused although the call is not.
      const { Entries: answers = [] } = await this.events.send(new PutEventsCommand({ Entries }));
      const [{ ErrorCode, ErrorMessage = "" } = {}] = answers;
      if (ErrorCode !== undefined) throw new Error(`${ErrorCode}: ${ErrorMessage}`);
    };
    await retry(put, { attempts: 5, firstMs: 100, passes: () => true });
  }
}
