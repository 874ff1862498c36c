import type { SMTPServerDataStream } from 'smtp-server';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { DotReader } from './dot-reader.ts';

/**
 * The package's reader of a connection, with messages read by `DotReader`. The package's own takes away a dot behind a
 * bare LF, and so alters a message whose lines end with one.
 */
export class LmtpStream extends SMTPStream {
  #reader = new DotReader();

  override startDataMode(maxBytes?: number | string | null): SMTPServerDataStream {
    this.#reader = new DotReader();
    return super.startDataMode(maxBytes);
  }

  override _feedDataStream(chunk: Buffer, done: (error?: Error | null) => void): void {
    const stream = this._dataStream;
    if (stream === null) return done();
    const { message, rest } = this.#reader.read(chunk);
    this._countDataBytes(message.length);
    if (rest !== undefined) return this._endDataMode(asBuffer(message), asBuffer(rest), done);
    if (message.length === 0 || !stream.writable || stream.write(message) || stream.destroyed) return done();
    const goOn = (): void => {
      stream.removeListener('drain', goOn).removeListener('close', goOn);
      done();
    };
    // One that is destroyed never drains.
    stream.once('drain', goOn).once('close', goOn);
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
