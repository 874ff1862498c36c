import { closeSync, constants, openSync } from 'node:fs';
import { check, libcFunction } from './libc.ts';

/** A new terminal (pty(7)): what is typed at `main` is read from `terminal`. Both are close-on-exec. */
export class TerminalPair implements Disposable {
  readonly main: number;
  readonly terminal: number;

  /** Opens one of the host's own. Throws the system's error where it has no more, or no /dev/ptmx. */
  constructor() {
    this.main = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
    const unlock = 0x40045431n;
    const openPeer = 0x5441n;
    check(ioctlBytes(this.main, unlock, new Uint8Array(4)), 'ioctl TIOCSPTLCK');
    this.terminal = check(
      ioctlWord(this.main, openPeer, constants.O_RDWR | constants.O_NOCTTY),
      'ioctl TIOCGPTPEER',
    );
  }

  /** Bytes of whole lines that wait to be read from the terminal. */
  waiting(): number {
    const countInput = 0x541bn;
    const count = new Uint32Array(1);
    check(ioctlBytes(this.terminal, countInput, new Uint8Array(count.buffer)), 'ioctl FIONREAD');
    return count[0] ?? 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.terminal);
    closeSync(this.main);
  }
}

const ioctlBytes = libcFunction<[number, bigint, Uint8Array]>('int ioctl(int, unsigned long, void *)');
const ioctlWord = libcFunction<[number, bigint, number]>('int ioctl(int, unsigned long, int)');
