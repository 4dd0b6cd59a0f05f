/** What an id may look like. DynamoDB refuses an empty key, one of more than 2,048 bytes, and one with half a character in it. */
const POSSIBLE_ID = /^[\x21-\x7e]{1,200}$/;

/**
 * Whether there may be a request of that id: the tables need not be asked about others. Ids come from callers, and from results and
 * messages, which an instance may forge.
 */
export function isPossibleId(reqId: string): boolean {
  return POSSIBLE_ID.test(reqId);
}
