/** A field's name, made once and used at every tick. */
export class FieldKey {
  readonly name: string;
  #json: Uint8Array | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** `,"cpu_user":`, as it stands within a line of a collection. */
  get json(): Uint8Array {
    this.#json ??= Buffer.from(`,${JSON.stringify(this.name)}:`);
    return this.#json;
  }
}
