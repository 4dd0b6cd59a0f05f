/** What a fake has of an adapter: its public side, kept in memory, with the conditions under which the real one writes. */
export type Public<T> = Pick<T, keyof T>;
