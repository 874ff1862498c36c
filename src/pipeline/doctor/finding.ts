/** One line of `virtfs doctor`. */
export interface Finding {
  /** What it is about: `kernel`, `/virtual`. */
  readonly area: string;
  /** `unseen`: it could not be looked at. */
  readonly level: 'ok' | 'note' | 'problem' | 'unseen';
  /** A sentence without a full stop. */
  readonly what: string;
  /** What to do; a command line where there is one. */
  readonly mend?: string;
}

export function ok(area: string, what: string): Finding {
  return { area, level: 'ok', what };
}

export function note(area: string, what: string, mend?: string): Finding {
  return { area, level: 'note', what, ...(mend === undefined ? {} : { mend }) };
}

export function problem(area: string, what: string, mend: string): Finding {
  return { area, level: 'problem', what, mend };
}

export function unseen(area: string, what: string, mend = 'run it as root: sudo virtfs doctor'): Finding {
  return { area, level: 'unseen', what, mend };
}
