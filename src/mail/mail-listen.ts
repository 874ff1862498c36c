import type { IpAddress } from '../domain/ip-address.ts';

/** Where virtmaild waits for connections. */
export type MailListen =
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'ip'; readonly address: IpAddress; readonly port: number };
