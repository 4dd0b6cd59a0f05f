/** A sentence that changes faster than this cannot be read. */
const STEADY_MS = 10_000;

/** The sentence of a request, changed at most every ten seconds while its status is the same. */
export class SteadySentence {
  private said = { status: "", text: "", at: 0 };

  /** @param now milliseconds */
  of(status: string, text: string, now: number): string {
    const { said } = this;
    if (said.status !== status || now - said.at >= STEADY_MS) this.said = { status, text, at: now };
    return this.said.text;
  }
}
