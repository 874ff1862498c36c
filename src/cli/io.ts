/** The outside world of a command, replaced whole in tests. stdout carries data, stderr talk. */
export interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Someone can answer questions: standard input and standard error are a terminal. */
  readonly interactive: boolean;
  /** Standard output is a terminal: tables may be drawn for people. */
  readonly outIsTerminal: boolean;
  /** Standard error is a terminal: a task list may be drawn. */
  readonly errIsTerminal: boolean;
  /** Columns of the terminal, 80 where there is none. */
  readonly columns: number;
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}
