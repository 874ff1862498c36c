import type { ExitDialect } from '../../mail/exit-dialect.ts';

/** What a program that delivers one message knows of its own process. */
export interface DeliveryProcess {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dialect: ExitDialect;
}
