import { type EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from "@aws-sdk/client-eventbridge";
import { type EndedEvent, EVENT_SOURCE, EVENT_TYPE } from "../domain/readiness/ended-event.ts";
import { retry } from "../domain/retry.ts";

/** The account's default event bus. */
export class EventBus {
  constructor(private readonly events: EventBridgeClient) {}

  /** @throws what EventBridge says when it refuses it again and again; what the SDK throws */
  async put(detail: EndedEvent): Promise<void> {
    const Entries = [{ Source: EVENT_SOURCE, DetailType: EVENT_TYPE, Detail: JSON.stringify(detail) }];
    const put = async () => (await this.events.send(new PutEventsCommand({ Entries }))).Entries?.[0];
    // An entry may be refused although the call is not.
    const again = (answer?: PutEventsResultEntry) => answer?.ErrorCode !== undefined;
    const answer = await retry(put, { attempts: 5, firstMs: 100, retryOnResult: again });
    if (answer?.ErrorCode !== undefined) throw new Error(`${answer.ErrorCode}: ${answer.ErrorMessage ?? ""}`);
  }
}
