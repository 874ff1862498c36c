/** What a delivery does beyond its defaults. */
export interface DeliveryOptions {
  /** Puts `>` before body lines that begin with `From `, after any number of `>`: for readers of mbox files. */
  readonly quoteFrom?: boolean;
}
