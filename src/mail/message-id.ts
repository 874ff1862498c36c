/** Names of messages in log and answers, none twice as long as the process lives: when, and the how-manieth. */
export class MessageIds {
  #count = 0;

  next(): string {
    this.#count += 1;
    return `${Date.now().toString(36)}${this.#count.toString(36).padStart(4, '0')}`.toUpperCase();
  }
}
