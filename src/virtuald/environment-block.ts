import { parseIpAddress } from '../domain/ip-address.ts';
import { encodeStrings } from '../linux/encode-strings.ts';
import type { Connection } from './connection.ts';

/** What of the environment each connection has of its own, and how long its value may be. */
const variables: readonly (readonly [name: string, value: (connection: Connection) => string])[] = [
  ['TCPLOCALIP', ({ local }) => local.address],
  ['TCPLOCALPORT', ({ local }) => String(local.port)],
  ['TCPREMOTEIP', ({ peer }) => peer.address],
  ['TCPREMOTEPORT', ({ peer }) => String(peer.port)],
  ['REMOTE_HOST', ({ peer }) => peer.address],
];

/** An IPv6 address has 39 characters; and then a NUL. */
const room = 48;

interface Slot {
  readonly at: number;
  readonly value: (connection: Connection) => string;
  /** What is written there. */
  said: string | undefined;
}

const nobody = { address: parseIpAddress('0.0.0.0'), port: 0 };

/** The environment of a service as execve(2) takes it, made once and told of each connection. */
export class EnvironmentBlock {
  /** The array of pointers, and the strings behind it. */
  readonly block: Uint8Array;
  readonly #bytes: Buffer;
  readonly #slots: readonly Slot[];

  /** `describe` gives the environment, `NAME=value`, for a connection. */
  constructor(describe: (connection: Connection) => readonly string[]) {
    const slots: { readonly index: number; readonly value: (connection: Connection) => string }[] = [];
    const strings = describe({ local: nobody, peer: nobody }).map((text, index) => {
      const variable = variables.find(([name]) => text.startsWith(`${name}=`));
      if (variable === undefined) return Buffer.from(text);
      const [name, value] = variable;
      slots.push({ index, value });
      return Buffer.from(`${name}=`.padEnd(name.length + 1 + room, '0'));
    });
    this.block = encodeStrings(strings);
    this.#bytes = Buffer.from(this.block.buffer);
    this.#slots = slots.map(({ index, value }) => {
      const before = strings.slice(0, index).reduce((sum, each) => sum + each.byteLength + 1, 0);
      const text = strings[index] ?? Buffer.of();
      return { at: 8 * (strings.length + 1) + before + text.indexOf('=') + 1, value, said: undefined };
    });
  }

  tell(connection: Connection): void {
    for (const slot of this.#slots) {
      const text = slot.value(connection);
      // Most clients come back, to the same address.
      if (text === slot.said) continue;
      slot.said = text;
      const end = slot.at + this.#bytes.write(text, slot.at, room - 1, 'latin1');
      this.#bytes[end] = 0;
    }
  }
}
