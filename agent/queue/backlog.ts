import { isLarge, weight } from "../../domain/plan/messages.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";

/** How much work a message is. */
export interface Weight {
  readonly tasks: number;
  readonly bytes: number;
  /** Whether a large file is in it. It is alone then, as Task sends them. */
  readonly large: boolean;
}

export function weightOf({ urls }: TaskMessage): Weight {
  let bytes = 0;
  for (const url of urls) bytes += weight(url);
  return { tasks: urls.length, bytes, large: urls.some(isLarge) };
}

/** A message that is here. It owns the places of its URLs in the lines for slots. */
export class Parcel {
  /** When it came, by `performance.now()`. */
  readonly since = performance.now();
  /** Whether any URL of it has a slot, or had one. */
  hasBegun = false;

  constructor(
    private readonly backlog: Backlog,
    readonly large: boolean,
  ) {}

  /** A URL of it waits no longer. @param begins it has a slot; otherwise it was withdrawn */
  leave(url: TaskUrl, begins: boolean): void {
    if (begins) this.hasBegun = true;
    this.backlog.less(url);
  }

  /** It is done, or goes back. */
  end(): void {
    this.backlog.forget(this);
  }
}

/** What has come of a lane and has not begun. */
export class Backlog {
  /** Small files, and their bytes. */
  tasks = 0;
  bytes = 0;
  /** Large files. */
  large = 0;
  private readonly parcels = new Set<Parcel>();

  /** @param onLess called whenever something waits no longer */
  constructor(private readonly onLess: () => void = () => undefined) {}

  accept(message: TaskMessage): Parcel {
    for (const url of message.urls) this.count(url, 1);
    const parcel = new Parcel(this, message.urls.some(isLarge));
    this.parcels.add(parcel);
    return parcel;
  }

  less(url: TaskUrl): void {
    this.count(url, -1);
    this.onLess();
  }

  forget(parcel: Parcel): void {
    this.parcels.delete(parcel);
  }

  /** Those that came before that moment, and of which nothing has begun. */
  idleSince(moment: number): Parcel[] {
    return [...this.parcels].filter(({ since, hasBegun }) => !hasBegun && since < moment);
  }

  private count(url: TaskUrl, by: 1 | -1): void {
    if (isLarge(url)) this.large += by;
    else {
      this.tasks += by;
      this.bytes += by * weight(url);
    }
  }
}
