/**
 * The line that gives macOS the addresses of the edge: its loopback interface has 127.0.0.1 alone, where Linux answers on all of
 * 127.0.0.0/8. For bash and zsh. They are gone when the machine starts anew.
 */
export function aliasCommand(addresses: readonly string[]): string {
  return `for a in ${rangesOf(addresses).join(" ")}; do sudo ifconfig lo0 alias $a up; done`;
}

/** As a shell spells them: `127.77.0.{1..255}`. */
function rangesOf(addresses: readonly string[]): string[] {
  const ranges: { readonly net: string; readonly first: number; last: number }[] = [];
  for (const address of addresses) {
    const at = address.lastIndexOf(".");
    const [net, host] = [address.slice(0, at), Number(address.slice(at + 1))];
    const range = ranges.at(-1);
    if (range?.net === net && range.last + 1 === host) range.last = host;
    else ranges.push({ net, first: host, last: host });
  }
  return ranges.map(({ net, first, last }) => (first === last ? `${net}.${first}` : `${net}.{${first}..${last}}`));
}
