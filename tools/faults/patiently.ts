import { setTimeout as sleep } from "node:timers/promises";

/** Calls of the API go wrong, too. One that failed is made again, as a user would do. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(200 * attempt);
    }
  }
}
