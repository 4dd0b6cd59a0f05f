export interface HostileRow {
  readonly what: string;
  readonly tried: number;
  readonly wrong: number;
  readonly saw: string;
}

export interface HostilePart {
  readonly name: string;
  run(say: (line: string) => void, options: { readonly scale: number }): Promise<readonly HostileRow[]>;
}
