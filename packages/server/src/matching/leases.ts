/** Lets one of several servers do what need not be done twice. Each adapter passes `stores/leases.suite.ts`. */
export interface Leases {
  /**
   * Takes a lease, or renews one's own. Nobody else has it until it ends, unless this process sleeps past its end.
   *
   * @returns whether the holder has it now
   */
  take(name: string, holder: string, forMs: number): Promise<boolean>;

  /** Gives a lease back before it ends. */
  giveBack(name: string, holder: string): Promise<void>;
}
