/**
 * `count` consecutive IPv4 addresses from `first` on, all within 127.0.0.0/8: the stand-in edge must never be reachable
 * from another machine.
 *
 * @throws RangeError if `first` is no loopback address, or the last address would not be one
 */
export function loopbackAddresses(first: string, count: number): string[] {
  const start = toNumber(first);
  if (start === undefined || start + count > LOOPBACK_END) {
    throw new RangeError(`${count} addresses from ${first} on do not lie within 127.0.0.0/8`);
  }
  return Array.from({ length: count }, (_, index) => toText(start + index));
}

const LOOPBACK_END = 0x7fffffff;

function toNumber(address: string): number | undefined {
  const octets = address.split(".").map(Number);
  const sound = octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255);
  return sound && octets[0] === 127 ? octets.reduce((sum, octet) => sum * 256 + octet, 0) : undefined;
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}
