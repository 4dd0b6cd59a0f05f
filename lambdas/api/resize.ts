import { neededCapacity, type Wish } from "../../domain/request/capacity.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

type Active = Wish & Pick<RequestItem, "req_id">;

/** What a POST /instances does to the group and to the requests that go on. */
export interface Resize {
  /** The group's new size. */
  readonly capacity: number;
  /** The new wish of each request whose wish changes. */
  readonly wishes: ReadonlyMap<string, number>;
  /** Ids of the requests that have no instances from now on. */
  readonly paused: readonly string[];
  /** Ids of those that had none until now. */
  readonly resumed: readonly string[];
  /** Ids of those that need more instances than were asked for, and keep them. */
  readonly kept: readonly string[];
}

/**
 * The size becomes the wish of every active request, so that it holds when one of them ends and the group follows the largest
 * wish that is left. Where a request is stopped with it, no other one's wish is lowered: that one goes on as if alone.
 * @param active the requests that go on
 * @param asked the size that was asked for
 * @param stops whether a request is stopped with it
 */
export function decideResize(active: readonly Active[], asked: number, stops: boolean): Resize {
  const wish = ({ instance_count }: Active) => (stops ? Math.max(instance_count, asked) : asked);
  const after = active.map((item) => ({ ...item, instance_count: wish(item) }));
  const changed = after.filter(({ instance_count }, i) => instance_count !== active[i]?.instance_count);
  return {
    capacity: stops ? Math.max(asked, neededCapacity(after)) : asked,
    wishes: new Map(changed.map(({ req_id, instance_count }) => [req_id, instance_count])),
    // Also those that were paused before: the answer to that call may have been lost.
    paused: asked === 0 ? ids(after.filter(({ instance_count }) => instance_count === 0)) : [],
    resumed: ids(active.filter(({ instance_count }) => instance_count === 0 && asked > 0)),
    kept: ids(after.filter(({ instance_count }) => instance_count > asked)),
  };
}

function ids(items: readonly Active[]): string[] {
  return items.map(({ req_id }) => req_id);
}
