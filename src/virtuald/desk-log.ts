import { sendToTreeLog } from '../engine/send-to-tree-log.ts';
import type { TreePlace } from './address-table.ts';
import type { DeskContext } from './desk-context.ts';
import type { RefusalRule } from './snapshot.ts';

/** What one service says to the log; of those it does not serve, so many lines a second of each kind. */
export class DeskLog {
  readonly #context: DeskContext;
  readonly #name: string;

  constructor(context: DeskContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  refused(rule: RefusalRule, text: string): void {
    this.#say(rule, 'notice', `${this.#name}: ${text} (${rule})`);
  }

  failed(text: string): void {
    this.#say('failed', 'err', text);
  }

  /** Through the tree's own dev/log: where programs inside have no log, this line is missing, and another says so. */
  tellInside({ root, name }: TreePlace, line: string): void {
    const { start, log } = this.#context;
    if (sendToTreeLog(start.roots.get(root) ?? -1, name, start.ident, line)) return;
    log.say('warning', `${line}: nobody takes what is sent to the tree's dev/log`);
  }

  bug(error: unknown): void {
    const what = Error.isError(error) ? (error.stack ?? error.message) : String(error);
    this.#say('bug', 'err', `${this.#name}: ${what}`);
  }

  #say(kind: string, severity: 'notice' | 'err', text: string): void {
    const { log, reactor } = this.#context;
    log.sayOften(`${this.#name} ${kind}`, severity, text, reactor.now);
  }
}
