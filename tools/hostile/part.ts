export interface HostilePart {
  readonly name: string;
  run(say: (line: string) => void, options: { readonly scale: number }): Promise<readonly HostileRow[]>;
}
export interface HostileRow {
  readonly what: string;
  readonly tried: number;
  readonly wrong: number;
  readonly saw: string;
}
