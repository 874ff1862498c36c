import { closeSync, constants, createReadStream, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isErrno } from '../errors/virtfs-error.ts';

/** A file without a name (open(2)). */
const temporaryFile = 0o20200000;

/** A message kept until it is whole, in a file that is gone with us. */
export class MessageSpool implements Disposable {
  readonly #fd = openNameless();

  /** Throws ENOSPC and the like. */
  write(piece: Uint8Array): void {
    for (let rest = piece; rest.length > 0; ) rest = rest.subarray(writeSync(this.#fd, rest));
  }

  /** From its beginning, as often as one likes. */
  read(): AsyncIterable<Uint8Array> {
    return createReadStream('', { fd: this.#fd, start: 0, autoClose: false });
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** Where large files may be: /tmp is often in memory. */
function openNameless(): number {
  const flags = constants.O_RDWR | temporaryFile;
  try {
    return openSync('/var/tmp', flags, 0o600);
  } catch (error) {
    // No such folder, or a file system that always wants a name.
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EOPNOTSUPP')) throw error;
    return openSync(tmpdir(), flags, 0o600);
  }
}
