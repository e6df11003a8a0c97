/** Something that was done. */
export interface RecordedChange {
  readonly action: "register" | "activate" | "canary" | "shadow" | "roll-back";
  /** Undefined for likeness of content, which is no registered model. */
  readonly model: { readonly name: string; readonly version: string } | undefined;
  readonly share: number;
  readonly subject: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
