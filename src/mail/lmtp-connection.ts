import type { Socket } from 'node:net';
import type { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { LmtpStream } from './lmtp-stream.ts';
import { parsePathCommand } from './parse-path-command.ts';

/** How many commands a client may give before a message of its gets through, or between two. */
const mostCommands = 4000;

/** How long what is being delivered when a session has lasted long enough may still take before it is looked at again. */
const againMs = 5000;

/** One line, with a status of RFC 3463 in front of it. */
const withStatus = /^(?<status>[245]\.\d{1,3}\.\d{1,3}) (?<text>.*)$/su;

export interface LmtpConnectionOptions {
  readonly id: string;
  /** The other end, for the log. */
  readonly peer: string;
  /** How long it may last. */
  readonly totalMs: number;
  readonly isEnding: () => boolean;
}

/** A session of the package, with what LMTP between trusted programs needs otherwise. */
export class LmtpConnection extends SMTPConnection {
  readonly peer: string;
  readonly #isEnding: () => boolean;
  readonly #total: NodeJS.Timeout;
  #status: string | undefined;
  #commands = 0;

  constructor(server: SMTPServer, socket: Socket, { id, peer, totalMs, isEnding }: LmtpConnectionOptions) {
    super(server, socket, { id });
    this.peer = peer;
    this.#isEnding = isEnding;
    this.#total = setTimeout(() => this.#endOverdue(), totalMs).unref();
  }

  /** True as long as the client may still count on an answer to what it sent. */
  isBusy(): boolean {
    return this._handlerPending || Boolean(this._dataStream);
  }

  /** Ends it at once, unless a message is under way: then behind its answers. */
  endWhenIdle(): void {
    if (!this.isBusy()) this.#sayEnding();
  }

  /** Greets at once: the package waits a tenth of a second for clients that speak first, which spam does, and no MTA here. */
  override init(): void {
    this._setListeners(() => this.connectionReady());
  }

  /** A line may bring a status of its own; else the package chooses by the code. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const own = typeof data === 'string' ? withStatus.exec(data)?.groups : undefined;
    this.#status = own?.status;
    super.send(code, own?.text ?? data, context);
    this.#status = undefined;
  }

  override _getEnhancedStatusCode(code: number, context?: string | false): string {
    return this.#status ?? super._getEnhancedStatusCode(code, context);
  }

  override _createParser(): LmtpStream {
    // Called before the fields of this class are there.
    const parser = new LmtpStream({ maxCommandLength: longestCommand });
    parser.oncommand = (command, callback) => this._onCommand(command, callback);
    parser.on('error', (error) => this.send(421, `4.5.2 ${error.message}`));
    return parser;
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    if (this.#isEnding()) return this.#sayEnding();
    this.#commands += 1;
    if (this.#commands > mostCommands) return this.send(421, '4.7.0 too many commands without a message');
    super._onCommand(command, callback);
  }

  override handler_DATA(command: Buffer, callback: () => void): void {
    this.#commands = 0;
    super.handler_DATA(command, callback);
  }

  /** Senders are accepted as they are: the MTA in front has let them in, and a refusal would lose their mail. */
  override _parseAddressCommand(
    name: string,
    command: Buffer | string,
  ): ReturnType<SMTPConnection['_parseAddressCommand']> {
    // The types of the package want an object it may change.
    return parsePathCommand(name, command.toString()) as ReturnType<SMTPConnection['_parseAddressCommand']>;
  }

  override _onClose(): void {
    clearTimeout(this.#total);
    super._onClose();
  }

  #sayEnding(): void {
    this.send(421, '4.3.2 virtmaild is being stopped, try again later');
  }

  #endOverdue(): void {
    // The message is here whole: its answer is worth waiting for.
    if (this._dataStream && this._parser && !this._parser._dataMode) {
      setTimeout(() => this.#endOverdue(), againMs).unref();
      return;
    }
    this.send(421, '4.4.2 the session has lasted too long');
  }
}

/** Room for any path with its parameters; a longer line is nothing an MTA sends. */
const longestCommand = 16_384;
