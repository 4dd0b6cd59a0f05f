/** Calls per second, and how many at once: of the API key, and of all callers of a route. The stack sets them (lib/api.ts). */
export const API_RATES = {
  /** Enough for a hundred clients that poll one request each. */
  key: { rate: 25, burst: 50 },
  "POST /prewarm": { rate: 2, burst: 20 },
  "GET /summary": { rate: 5, burst: 20 },
  "GET /requests": { rate: 10, burst: 20 },
} as const;
