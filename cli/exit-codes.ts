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

export const EXIT_HELP = `Exit codes: 0 all is good (warm, hit or done), 1 usage or fault, 2 it ended with failures or is
not ready, 3 it was stopped or timed out, 130 left by Ctrl-C while it runs.`;
