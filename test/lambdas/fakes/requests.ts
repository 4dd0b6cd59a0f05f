import type { RequestPage, RequestTable } from "../../../aws/request-table.ts";
import {
  ACTIVE_STATES,
  type AdvancingEvent,
  attributesOf,
  type EndingEvent,
  EVENTS,
  type State,
  stateOf,
} from "../../../domain/request/lifecycle.ts";
import { CLOSING, type RequestCursor, type RequestItem } from "../../../domain/request/request-item.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import type { Public } from "../../../tools/local/fake-deps.ts";

export class FakeRequests implements Public<RequestTable> {
  readonly items = new Map<string, RequestItem>();
  /** Those that Shutdown was called for because they ended. */
  readonly ended: string[] = [];
  /** How many pages of the list were asked for. */
  pages = 0;

  constructor(...items: readonly RequestItem[]) {
    for (const item of items) this.items.set(item.req_id, item);
  }

  /** The item. @throws Error if there is none: then the test is set up wrongly */
  the(reqId = "r1"): RequestItem {
    const item = this.items.get(reqId);
    if (item === undefined) throw new Error(`no item ${reqId}`);
    return item;
  }

  async put(
    item: RequestItem,
    maxActive = Number.POSITIVE_INFINITY,
    retried?: RequestItem,
  ): Promise<"PUT" | "FULL" | "BUSY" | "RETRIED"> {
    if (this.items.has(item.req_id)) throw new Error("ConditionalCheckFailed");
    if ([...this.items.values()].filter(isActive).length >= maxActive) return "FULL";
    if (retried !== undefined) {
      const isFree = ({ retried_by: by }: RequestItem) => by === undefined || by === retried.retried_by;
      const holds = (before: RequestItem) => !isActive(before) && isFree(before);
      if (!this.change(retried.req_id, holds, { retried_by: item.req_id })) return "RETRIED";
    }
    this.items.set(item.req_id, item);
    return "PUT";
  }
  async delete(reqId: string) {
    this.items.delete(reqId);
  }
  async get(reqId: string) {
    return this.items.get(reqId);
  }
  async isActive(reqId: string) {
    return this.items.get(reqId)?.active !== undefined;
  }
  async readActive() {
    return [...this.items.values()].filter(({ active }) => active !== undefined);
  }
  async listActive() {
    return this.readActive();
  }
  async advance(reqId: string, event: AdvancingEvent, fields = {}) {
    const { from, to } = EVENTS[event];
    return this.change(reqId, isIn(from), { ...fields, ...attributesOf(to) });
  }
  async updateQuietly(reqId: string, states: readonly State[], fields: Partial<RequestItem>) {
    return this.change(reqId, isIn(states), fields);
  }
  async recordReportedPercentage(reqId: string, max_reported_percentage: number) {
    const isHigher = (item: RequestItem) =>
      item.verdict === undefined && max_reported_percentage > (item.max_reported_percentage ?? 0);
    this.change(reqId, isHigher, { max_reported_percentage });
  }
  async getActive(reqId: string) {
    return this.items.get(reqId)?.active === undefined ? undefined : this.items.get(reqId);
  }
  async page(most: number, after: RequestCursor | undefined, status?: RequestItem["status"]): Promise<RequestPage> {
    this.pages++;
    const place = ({ created_at, req_id }: RequestCursor) => `${created_at} ${req_id}`;
    const newest = [...this.items.values()].toSorted((a, b) => (place(a) < place(b) ? 1 : -1));
    const behind = newest.filter((item) => after === undefined || place(item) < place(after));
    const looked = behind.slice(0, most);
    const last = looked.at(-1);
    return {
      requests: looked.filter((item) => status === undefined || item.status === status),
      end:
        looked.length < most || last === undefined ? undefined : { created_at: last.created_at, req_id: last.req_id },
    };
  }
  async listClosing() {
    return [...this.items.values()].filter(({ closing }) => closing !== undefined);
  }
  async end(reqId: string, event: EndingEvent, fields = {}) {
    const { from, to } = EVENTS[event];
    const ended: Partial<RequestItem> = {
      ...fields,
      status: to,
      header: [],
      variants: [],
      sources: [],
      closing: CLOSING,
    };
    if (!this.change(reqId, isIn(from), ended, ["active", "empty_seen_at"])) return false;
    this.ended.push(reqId);
    return true;
  }
  async updateAndTouch(reqId: string, states: readonly State[], fields: Partial<RequestItem>) {
    return this.change(reqId, isIn(states), fields);
  }
  async claimRequeue({ req_id, requeues }: RequestItem) {
    const mayClaim = (item: RequestItem) => isIn(EVENTS.REQUEUE.from)(item) && item.requeues === requeues;
    const moved = { requeues: requeues + 1, last_update_time: formatTimestamp(Date.now()) };
    return this.change(req_id, mayClaim, moved, ["empty_seen_at"]);
  }
  async restartStep({ req_id, status, nudges }: RequestItem) {
    const moved = { nudges: nudges + 1, last_update_time: formatTimestamp(Date.now()) };
    return this.change(req_id, (item) => item.status === status && item.nudges === nudges, moved);
  }
  async close(reqId: string) {
    return this.change(reqId, (item) => !isActive(item), { closed: true }, ["closing"]);
  }

  private change(
    reqId: string,
    holds: (item: RequestItem) => boolean,
    fields: Partial<RequestItem>,
    remove: readonly string[] = [],
  ): boolean {
    const item = this.items.get(reqId);
    if (item === undefined || !holds(item)) return false;
    const changed = Object.entries({ ...item, ...fields }).filter(
      ([name, value]) => value !== undefined && !remove.includes(name),
    );
    this.items.set(reqId, Object.fromEntries(changed) as unknown as RequestItem);
    return true;
  }
}

function isIn(states: readonly State[]) {
  if (states === ACTIVE_STATES) return isActive;
  return (item: RequestItem) => states.includes(stateOf(item));
}

function isActive(item: RequestItem): boolean {
  return item.active !== undefined;
}
