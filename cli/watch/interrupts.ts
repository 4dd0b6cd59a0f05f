/** Two within this time are one wish: to stop the request. */
export const TWICE_MS = 2_000;

/** What a user wants who presses Ctrl-C. */
export type Wish = "leave" | "stop";

/**
 * Tells the wish once it is plain: the second Ctrl-C within two seconds, or two seconds after the only one.
 * @param onFirst says what the next one would do
 */
export function interrupts(
  source: { on(event: "SIGINT", hear: () => void): unknown; off(event: "SIGINT", hear: () => void): unknown },
  onFirst: () => void,
): { readonly wish: Promise<Wish>; close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let tell: (wish: Wish) => void = () => undefined;
  const wish = new Promise<Wish>((resolve) => {
    tell = resolve;
  });
  const hear = () => {
    if (timer !== undefined) {
      clearTimeout(timer);
      return tell("stop");
    }
    onFirst();
    timer = setTimeout(() => tell("leave"), TWICE_MS);
  };
  source.on("SIGINT", hear);
  return {
    wish,
    close() {
      clearTimeout(timer);
      source.off("SIGINT", hear);
    },
  };
}
