import type { DeliveryOptions } from './delivery-options.ts';
import type { DeliveryResult, Envelope, Mailbox } from './mail-types.ts';

/** What a delivery thread begins with. */
export type ThreadBeginning = DeliveryOptions;

/** What a delivery thread is told. `job` is a number of one message. */
export type ToThread =
  | {
      readonly type: 'whole';
      readonly job: number;
      readonly envelope: Envelope;
      readonly message: Uint8Array;
    }
  /** The first block of a longer message. */
  | { readonly type: 'first'; readonly job: number; readonly envelope: Envelope; readonly piece: Uint8Array }
  | { readonly type: 'piece'; readonly job: number; readonly piece: Uint8Array }
  /** The message is complete, or will never be. */
  | { readonly type: 'end'; readonly job: number }
  | { readonly type: 'discard'; readonly job: number }
  | { readonly type: 'room'; readonly job: number; readonly mailbox: Mailbox; readonly bytes: number }
  | { readonly type: 'stop'; readonly job: 0 };

export type FromThread =
  /** It has come to life. */
  | { readonly type: 'ready'; readonly job: 0 }
  /** The next piece may come. */
  | { readonly type: 'written'; readonly job: number }
  | { readonly type: 'done'; readonly job: number; readonly results: readonly DeliveryResult[] };
