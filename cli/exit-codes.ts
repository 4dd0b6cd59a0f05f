/** What a script may rely on. */
export const EXIT = {
  good: 0,
  /** Words that make no sense, no answer, a refusal. */
  fault: 1,
  /** The request ended, and something in it is not good: a task, a URL that could not be read, a POP that did not resolve. */
  failures: 2,
  /** The request was stopped, or its time was up. */
  cutShort: 3,
  /** Ctrl-C: the request goes on, and nobody knows yet how it ends. As shells have it for SIGINT. */
  left: 130,
} as const;

export const EXIT_HELP = `Exit codes: 0 all tasks succeeded (warm, hit or done); 1 usage error, rejected request or API unreachable;
2 ended with failures or not ready; 3 stopped or timed out; 130 left with Ctrl-C, the request continues.`;
