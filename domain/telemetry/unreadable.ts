/** Something stored that this version cannot read: written by another version, by somebody's hand, or damaged. */
export interface Unreadable {
  /** What it was to be, such as `task result`. */
  readonly kind: string;
  /** Where it stands: the keys of an item, the id of a message. */
  readonly key: string;
  /** What is wrong with it. Quotes nothing of it: there may be secrets in it. */
  readonly problem: string;
}

/** Told of each, so that none is dropped in silence: it is passed over, logged and counted. */
export type OnUnreadable = (unreadable: Unreadable) => void;
